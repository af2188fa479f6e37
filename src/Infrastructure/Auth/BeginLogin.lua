-- Counts an attempt as a failure before anybody knows how it ends: however many come at once, only a few are let through.
-- KEYS: failure counters. ARGV, for each key: failures that are free, most seconds that it may close for.
-- Returns the milliseconds that the longest closed counter stays closed, and then nothing is counted; or 0 and, for each key, until when this attempt closed it.
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
if wait > 0 then return {string.format('%d', wait)} end
local reply = {'0'}
for i = 1, #KEYS do
  local free = tonumber(ARGV[2 * i - 1])
  local most = tonumber(ARGV[2 * i]) * 1000
  local failures = redis.call('HINCRBY', KEYS[i], 'failures', 1)
  local till = ''
  if failures > free then
    local pause = 1000
    local steps = failures - free - 1
    while steps > 0 and pause < most do
      pause = pause * 2
      steps = steps - 1
    end
    if pause > most then pause = most end
    till = string.format('%d', now + pause)
    redis.call('HSET', KEYS[i], 'till', till)
  end
  redis.call('EXPIRE', KEYS[i], 3600)
  reply[i + 1] = till
end
return reply
