/**
 * The queue's data in Redis, and what its Lua scripts share. Keys, behind the prefix of the queue:
 *
 *     jobs            hash: id → record, JSON
 *     submitted:STATE[:OWNER], priority:…, ended:…   sorted sets of ids by that field, for lists, counts and choices
 *     owners          set of the owners that may have queued or paused jobs
 *     work, estimated   hashes: STATE:OWNER → milliseconds of a core that these jobs take, and how many of them were estimated
 *     progress:ID     JSON of the attempt and its progress, which expires
 *     events:ID       list of "TIME BODY", the latest ones; `seqs` hash: id → seq of its last event
 *     keys            hash: [owner, key] → {body, id}; `keyOf` hash: id → [owner, key]
 *     changes         stream of {service, id}: what watchers of other services read
 *     leases          sorted set: service → time of its last sign of life; `pulse` hash: at, since
 *
 * Times of leases are those of Redis, so that clocks of machines may differ. Every script has the prefix as its first argument,
 * the service as its second, and the lease in milliseconds as its third.
 */

import { MOST_EVENTS } from '../queue.js';

/** Later ones than these are read by the watchers of a service that was away. */
const MOST_CHANGES = 100_000;

export const COMMON = `
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

-- A job that waits is added (sign 1) to the work that waits, or taken out (-1).
local function weigh(job, sign)
  local seconds = type(job.progress) == 'table' and job.progress.coreSecondsLeft or job.estimate
  if not seconds or (job.state ~= 'queued' and job.state ~= 'paused') then return end
  local field = job.state .. ':' .. job.owner
  call('HINCRBY', key('work'), field, string.format('%.0f', sign * math.floor(seconds * 1000 + 0.5)))
  if call('HINCRBY', key('estimated'), field, sign) < 1 then
    call('HDEL', key('estimated'), field)
    call('HDEL', key('work'), field)
  end
end

local function forget(id, record)
  local found, job = indexes(record)
  for index in pairs(found) do call('ZREM', index, id) end
  weigh(job, -1)
end

local function put(id, before, record)
  if before then forget(id, before) end
  local found, job = indexes(record)
  for index, score in pairs(found) do call('ZADD', index, score, id) end
  weigh(job, 1)
  if job.state == 'queued' or job.state == 'paused' then call('SADD', key('owners'), job.owner) end
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
