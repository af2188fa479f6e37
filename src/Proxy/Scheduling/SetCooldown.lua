-- Sets a cooldown unless a later end is known. KEYS: marks by scope, their version, recoveries by account. ARGV: scope, end in milliseconds, mark ('<end> <since> <rest>'), account, when the attempt began.
-- Returns 1; 0 when it was known; -1 when an operator has recovered the account since the attempt began.
local recovered = redis.call('HGET', KEYS[3], ARGV[4])
if recovered and tonumber(recovered) >= tonumber(ARGV[5]) then
  return -1
end
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and tonumber(string.match(known, '^%d+')) >= tonumber(ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
redis.call('INCR', KEYS[2])
return 1
