-- Counts one ended request, once, and queues it. KEYS: settled marker, queue, usage hash of the key's day.
-- ARGV: marker's seconds, event ('': the database has it already), hash's seconds, then field and amount by turns (none: nothing was used).
-- Returns the queue's length; 0 when nothing was queued.
if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then
  return 0
end
local length = 0
if ARGV[2] ~= '' then
  length = redis.call('RPUSH', KEYS[2], ARGV[2])
end
if #ARGV > 3 then
  for i = 4, #ARGV, 2 do
    redis.call('HINCRBY', KEYS[3], ARGV[i], ARGV[i + 1])
  end
  redis.call('EXPIRE', KEYS[3], ARGV[3])
end
return length
