-- Sets a cooldown unless a later end is known. KEYS: marks by scope, their version. ARGV: scope, end in milliseconds, mark ('<end> <since> <rest>').
-- Returns 1; 0 when it was known.
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and tonumber(string.match(known, '^%d+')) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('INCR', KEYS[2])
return 1
