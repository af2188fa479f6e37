-- Counts one ended request, once, queues it and gives its reservation back. KEYS: settled marker, queue, queue base, usage hash of the key's day, counters, making, reserved, leases.
-- ARGV: id, marker's seconds, event ('': the database has it already), base of a new queue, hash's seconds, counters' seconds, signature of the key's limits ('': it has none), how many fields follow,
-- then by turns field and amount, then for each counter: name, start of its window, amount, the oldest window that is still of use.
-- Returns the queue's length (0: nothing was queued; -1: counters are being made, try again) and its base.
if ARGV[3] ~= '' and redis.call('EXISTS', KEYS[6]) == 1 then
  return {-1, ''}
end
local is_new = redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[2])
drop(KEYS[7], KEYS[8], ARGV[1])
if not is_new then
  return {0, redis.call('GET', KEYS[3]) or ''}
end
local length = 0
if ARGV[3] ~= '' then
  length = redis.call('RPUSH', KEYS[2], ARGV[3])
  redis.call('SET', KEYS[3], ARGV[4], 'NX')
end
local fields = tonumber(ARGV[8])
if fields > 0 then
  for i = 9, 8 + 2 * fields, 2 do
    redis.call('HINCRBY', KEYS[4], ARGV[i], ARGV[i + 1])
  end
  redis.call('EXPIRE', KEYS[4], ARGV[5])
end

-- What the database had before may be in counters that were made meanwhile, and those of other limits lack this request: they are made anew.
if ARGV[3] == '' then
  redis.call('DEL', KEYS[6])
  redis.call('HDEL', KEYS[5], '?')
end
count(KEYS[5], KEYS[6], ARGV[7], ARGV, 9 + 2 * fields, ARGV[6])
return {length, redis.call('GET', KEYS[3]) or ''}
