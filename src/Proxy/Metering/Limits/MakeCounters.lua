-- Writes what was used by the database and the queue. KEYS: counters, making. ARGV: token, seconds, signature, then by turns counter and used.
-- Returns 0 when somebody else makes them by now, or when what they are made of has changed.
if redis.call('GET', KEYS[2]) ~= ARGV[1] then
  return 0
end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[1], '?', ARGV[3])
for i = 4, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
