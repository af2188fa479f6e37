-- Looks at the oldest entries of a queue. KEYS: base, queue. ARGV: base for a queue that has none, how many.
local base = redis.call('GET', KEYS[1])
if not base then
  base = ARGV[1]
  redis.call('SET', KEYS[1], base)
end
local entries = redis.call('LRANGE', KEYS[2], 0, tonumber(ARGV[2]) - 1)
table.insert(entries, 1, base)
return entries
