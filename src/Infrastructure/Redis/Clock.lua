-- What scripts that need the time share: it stands before them. Redis' clock is the one that all instances have.
local function milliseconds()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end
