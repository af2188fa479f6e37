-- Forgets a cooldown that was set before a time. KEYS: marks by scope, their version. ARGV: scope, time in milliseconds.
-- Returns 1; 0 when there is none, or it is newer.
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or tonumber(string.match(known, '^%d+ (%d+)')) > tonumber(ARGV[2]) then
  return 0
end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('INCR', KEYS[2])
return 1
