/** What is atomic in Redis: the scripts. script-parts.ts has the keys, and what scripts share. */

import { STATES } from '../job.js';
import { COMMON } from './script-parts.js';

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
        if call('ZCARD', key('submitted:paused:' .. owner)) == 0 then call('SREM', key('owners'), owner) end
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

  /** → [state, owner, jobs, estimated, milliseconds] of each state and owner with jobs */
  work: `
    local found = {}
    for _, owner in ipairs(call('SMEMBERS', key('owners'))) do
      for _, state in ipairs({ 'queued', 'paused' }) do
        local field = state .. ':' .. owner
        local jobs = call('ZCARD', key('submitted:' .. field))
        local estimated = call('HGET', key('estimated'), field) or '0'
        local work = call('HGET', key('work'), field) or '0'
        if jobs > 0 then table.insert(found, { state, owner, tostring(jobs), estimated, work }) end
      end
    end
    return found`,

  /** id, progress, milliseconds until it expires */
  report: `
    local id, progress, expires = unpack(ARGV, 4, 6)
    call('SET', key('progress:' .. id), progress, 'PX', expires)
    changed(id)`,

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
