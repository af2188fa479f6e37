-- Lets a request in. KEYS: the API key's slots, queue, seen; then the session, if there is one.
-- ARGV: seconds that the session lives on, then those of take(); most slots -1: the API key has no limit.
-- Returns what take() does (0 without a limit), and the account that the session is bound to.
local account = false
if KEYS[4] then
  account = redis.call('GET', KEYS[4])
  if account then
    redis.call('EXPIRE', KEYS[4], ARGV[1])
  end
end
local place = 0
if tonumber(ARGV[3]) >= 0 then
  place = take(KEYS[1], KEYS[2], KEYS[3], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]))
end
return {place, account}
