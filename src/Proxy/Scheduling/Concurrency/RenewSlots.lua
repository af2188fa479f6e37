-- Renews leases, and takes them anew where Redis has lost them. KEYS: slots. ARGV: lease, ids.
local ends = string.format('%d', milliseconds() + tonumber(ARGV[1]))
for i = 2, #ARGV do
  redis.call('ZADD', KEYS[1], ends, ARGV[i])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return #ARGV - 1
