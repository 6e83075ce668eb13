/**
 * What is atomic in Redis, as Lua scripts. Keys, behind the prefix of the queue:
 *
 *     jobs            hash: id → record, JSON
 *     submitted:STATE[:OWNER], priority:…, ended:…   sorted sets of ids by that field, for lists, counts and choices
 *     owners          set of the owners that may have queued jobs
 *     events:ID       list of "TIME BODY", the latest ones; `seqs` hash: id → seq of its last event
 *     keys            hash: [owner, key] → {body, id}; `keyOf` hash: id → [owner, key]
 *     changes         stream of {service, id}: what watchers of other services read
 *     leases          sorted set: service → time of its last sign of life; `pulse` hash: at, since
 *
 * Times of leases are those of Redis, so that clocks of machines may differ. Every script has the prefix as its first argument,
 * the service as its second, and the lease in milliseconds as its third.
 */

import { STATES } from '../job.js';
import { MOST_EVENTS } from '../queue.js';

/** Later ones than these are read by the watchers of a service that was away. */
const MOST_CHANGES = 100_000;

const COMMON = `
local prefix, service, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local call = redis.call
local function key(name) return prefix .. name end

local function indexes(record)
  local job = cjson.decode(record)
  local found = {}
  for _, of in ipairs({ '', ':' .. job.owner }) do
    found[key('submitted:' .. job.state .. of)] = 0
    found[key('priority:' .. job.state .. of)] = job.priority
    found[key('ended:' .. job.state .. of)] = job.endedAt or 0
  end
  return found, job
end

local function forget(id, record)
  for index in pairs(indexes(record)) do call('ZREM', index, id) end
end

local function put(id, before, record)
  if before then forget(id, before) end
  local found, job = indexes(record)
  for index, score in pairs(found) do call('ZADD', index, score, id) end
  if job.state == 'queued' then call('SADD', key('owners'), job.owner) end
  call('HSET', key('jobs'), id, record)
end

local function note(id, event)
  if event == '' then return end
  call('HINCRBY', key('seqs'), id, 1)
  call('RPUSH', key('events:' .. id), event)
  call('LTRIM', key('events:' .. id), -${MOST_EVENTS}, -1)
end

local function changed(id)
  call('XADD', key('changes'), 'MAXLEN', '~', ${MOST_CHANGES}, '*', 'service', service, 'id', id)
end

local function time()
  local now = call('TIME')
  return now[1] * 1000 + math.floor(now[2] / 1000)
end

-- A sign of life. When there was none of any service for long, Redis was away or all of them: the silence proves nothing
-- against those that had a lease before, and since then counts.
local function alive()
  local at = time()
  local last = tonumber(call('HGET', key('pulse'), 'at') or 0)
  if at - last > lease / 2 then call('HSET', key('pulse'), 'since', at) end
  call('HSET', key('pulse'), 'at', at)
  call('ZADD', key('leases'), at, service)
end
`;

const BODIES = {
  /** id, record, owner, event, most waiting, key ('': none), body → [status, what belongs to it] */
  accept: `
    local id, record, owner, event, most, sent, body = unpack(ARGV, 4, 10)
    alive()
    if sent ~= '' then
      local known = call('HGET', key('keys'), sent)
      known = known and cjson.decode(known)
      if known and known.body ~= body then return { 'reused', known.id } end
      local earlier = known and call('HGET', key('jobs'), known.id)
      if earlier then return { 'known', earlier } end
    end
    local waiting = call('ZCARD', key('submitted:queued:' .. owner))
    if waiting >= tonumber(most) then return { 'quota', tostring(waiting) } end
    put(id, nil, record)
    note(id, event)
    if sent ~= '' then
      call('HSET', key('keys'), sent, cjson.encode({ body = body, id = id }))
      call('HSET', key('keyOf'), id, sent)
    end
    changed(id)
    return { 'new', id }`,

  /** id, record as it was, record, event → 1, or 0 when it was another one */
  replace: `
    local id, before, record, event = unpack(ARGV, 4, 7)
    alive()
    if call('HGET', key('jobs'), id) ~= before then return 0 end
    put(id, before, record)
    note(id, event)
    changed(id)
    return 1`,

  /** id, event → 1, or 0 when there is no such job */
  note: `
    local id, event = unpack(ARGV, 4, 5)
    if call('HEXISTS', key('jobs'), id) == 0 then return 0 end
    note(id, event)
    changed(id)
    return 1`,

  /** ids */
  remove: `
    for k = 4, #ARGV do
      local id = ARGV[k]
      local record = call('HGET', key('jobs'), id)
      if record then
        forget(id, record)
        call('HDEL', key('jobs'), id)
        call('HDEL', key('seqs'), id)
        call('DEL', key('events:' .. id))
        local sent = call('HGET', key('keyOf'), id)
        if sent then
          call('HDEL', key('keys'), sent)
          call('HDEL', key('keyOf'), id)
        end
        changed(id)
      end
    end`,

  /** id, after, limit → [seq of the first, events] */
  events: `
    local id, after, limit = ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6])
    local list = key('events:' .. id)
    local removed = tonumber(call('HGET', key('seqs'), id) or 0) - call('LLEN', list)
    local from = math.max(0, after - removed)
    return { removed + from + 1, call('LRANGE', list, from, from + limit - 1) }`,

  /**
   * indexes (comma-separated), asc or desc, limit, value and id of the cursor ('': none) → records. The marker stands for the
   * cursor's place, whether its job is still there or not; '!' is before all letters and digits.
   */
  list: `
    local names, order, limit, value, id = unpack(ARGV, 4, 8)
    local descending = order == 'desc'
    limit = tonumber(limit)
    local found = {}
    for name in string.gmatch(names, '[^\\n]+') do
      local index = key(name)
      local from = 0
      if id ~= '' then
        local marker = id .. '!'
        call('ZADD', index, value, marker)
        from = call(descending and 'ZREVRANK' or 'ZRANK', index, marker)
        call('ZREM', index, marker)
      end
      local part = call(descending and 'ZREVRANGE' or 'ZRANGE', index, from, from + limit, 'WITHSCORES')
      for k = 1, #part, 2 do
        if part[k] ~= id then table.insert(found, { part[k], tonumber(part[k + 1]) }) end
      end
    end
    table.sort(found, function(a, b)
      if descending then a, b = b, a end
      if a[2] ~= b[2] then return a[2] < b[2] end
      return a[1] < b[1]
    end)
    local records = {}
    for k = 1, math.min(limit, #found) do records[k] = call('HGET', key('jobs'), found[k][1]) end
    return records`,

  /** → records */
  waiting: `
    local records = {}
    for _, owner in ipairs(call('SMEMBERS', key('owners'))) do
      local index = key('priority:queued:' .. owner)
      local highest = call('ZREVRANGE', index, 0, 0, 'WITHSCORES')
      if #highest == 0 then
        call('SREM', key('owners'), owner)
      else
        local first = call('ZRANGEBYSCORE', index, highest[2], highest[2], 'LIMIT', 0, 1)
        table.insert(records, call('HGET', key('jobs'), first[1]))
      end
    end
    return records`,

  /** → numbers of jobs, in the order of the states */
  counts: `
    local counts = {}
    for _, state in ipairs({ ${STATES.map((state) => `'${state}'`).join(', ')} }) do
      table.insert(counts, call('ZCARD', key('submitted:' .. state)))
    end
    return counts`,

  alive: 'alive()',

  /** → records */
  abandoned: `
    alive()
    local at = time()
    if at - tonumber(call('HGET', key('pulse'), 'since')) > lease then
      call('ZREMRANGEBYSCORE', key('leases'), '-inf', '(' .. (at - lease))
    end
    local records = {}
    for _, state in ipairs({ 'running', 'pausing' }) do
      for _, id in ipairs(call('ZRANGE', key('submitted:' .. state), 0, -1)) do
        local record = call('HGET', key('jobs'), id)
        if not call('ZSCORE', key('leases'), cjson.decode(record).runner or '') then table.insert(records, record) end
      end
    end
    return records`,

  /** The service ends: its jobs may be taken over at once. */
  leave: "call('ZREM', key('leases'), service)",
} as const;

export type ScriptName = keyof typeof BODIES;

export const SCRIPTS = Object.fromEntries(
  Object.entries(BODIES).map(([name, body]) => [name, `${COMMON}\n${body}`]),
) as Readonly<Record<ScriptName, string>>;
