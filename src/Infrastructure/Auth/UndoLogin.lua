-- Takes back what BeginLogin counted for one attempt. What other attempts counted meanwhile stays.
-- KEYS: failure counters. ARGV: for each key until when the attempt closed it, empty if it did not; then the number of leading keys to forget entirely.
local forget = tonumber(ARGV[#KEYS + 1])
for i = 1, #KEYS do
  if i <= forget or redis.call('HINCRBY', KEYS[i], 'failures', -1) <= 0 then
    redis.call('DEL', KEYS[i])
  elseif ARGV[i] ~= '' and redis.call('HGET', KEYS[i], 'till') == ARGV[i] then
    redis.call('HDEL', KEYS[i], 'till')
  end
end
return 0
