-- KEYS: failure counters. Returns how many milliseconds the longest closed one stays closed.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local wait = 0
for i = 1, #KEYS do
  local till = redis.call('HGET', KEYS[i], 'till')
  if till then
    local left = tonumber(till) - now
    if left > wait then wait = left end
  end
end
return math.floor(wait)
