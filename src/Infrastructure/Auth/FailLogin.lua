-- KEYS: failure counters. ARGV, for each key: failures that are free, most seconds that it may close for.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i = 1, #KEYS do
  local free = tonumber(ARGV[2 * i - 1])
  local most = tonumber(ARGV[2 * i]) * 1000
  local failures = redis.call('HINCRBY', KEYS[i], 'failures', 1)
  if failures > free then
    local pause = 1000
    local steps = failures - free - 1
    while steps > 0 and pause < most do
      pause = pause * 2
      steps = steps - 1
    end
    if pause > most then pause = most end
    redis.call('HSET', KEYS[i], 'till', string.format('%d', now + pause))
  end
  redis.call('EXPIRE', KEYS[i], 3600)
end
return 0
