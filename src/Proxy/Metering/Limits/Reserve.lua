-- Reserves what a request may use, if every limit of its key has room for it. KEYS: counters, making, reserved, leases.
-- ARGV: id, lease, entry, signature ('': nothing has to be known), then for each limit: counter and window, from when and until when Redis' clock may stand for that, limit, need.
-- counters: hash of what was used by counter and window, and under '?' the signature of the limits that it is whole for.
-- Returns a state, Redis' time, and by state: 1 reserved: what is used and what is reserved of each limit; 0 no room: which limit, used, reserved; -1: the windows are not those of now; -2: the counters are not known;
-- -3: counters are being made.
local now = milliseconds()
for i = 5, #ARGV, 5 do
  if now < tonumber(ARGV[i + 1]) or now >= tonumber(ARGV[i + 2]) then
    return {-1, now}
  end
end
if ARGV[4] ~= '' then
  if redis.call('EXISTS', KEYS[2]) == 1 then
    return {-3, now}
  end
  if redis.call('HGET', KEYS[1], '?') ~= ARGV[4] then
    return {-2, now}
  end
end
reclaim(KEYS[3], KEYS[4], now)
local result = {1, now}
local is_held = redis.call('HEXISTS', KEYS[3], '#' .. ARGV[1]) == 1
for i = 5, #ARGV, 5 do
  local used = tonumber(redis.call('HGET', KEYS[1], ARGV[i]) or '0')
  local reserved = tonumber(redis.call('HGET', KEYS[3], ARGV[i]) or '0')
  if not is_held and used + reserved + tonumber(ARGV[i + 4]) > tonumber(ARGV[i + 3]) then
    return {0, now, (i - 5) / 5, used, reserved}
  end
  result[#result + 1] = used
  result[#result + 1] = reserved
end
add(KEYS[3], KEYS[4], ARGV[1], ARGV[3], now, tonumber(ARGV[2]))
return result
