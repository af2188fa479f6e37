-- Removes entries that are in the database. KEYS: base, queue. ARGV: the base that was seen, how many, the base from now on.
-- Another base means that somebody else has trimmed, or that this Redis is not the one that was read: then nothing is removed.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return 0
end
redis.call('LTRIM', KEYS[2], tonumber(ARGV[2]), -1)
redis.call('SET', KEYS[1], ARGV[3])
return 1
