-- What scripts that count share: it stands before them.
-- counters: hash of what was used by counter and window, and under '?' the signature of the limits that it is whole for. arguments, from the given one: by turns counter, start of its window, amount, the oldest window
-- that is still of use. Those that are not whole are left alone, but for the short-lived ones, which are marked with '!'.
local function count(counters, making, signature, arguments, first, seconds)
  local known = redis.call('HGET', counters, '?')
  if known and known ~= signature then
    redis.call('DEL', making)
    redis.call('HDEL', counters, '?')
    known = nil
  end
  for i = first, #arguments, 4 do
    if known or string.sub(arguments[i], 1, 1) == '!' then
      local prefix = arguments[i] .. '|'
      if redis.call('HINCRBY', counters, prefix .. arguments[i + 1], arguments[i + 2]) == tonumber(arguments[i + 2]) then
        for _, field in ipairs(redis.call('HKEYS', counters)) do
          if string.sub(field, 1, #prefix) == prefix and tonumber(string.sub(field, #prefix + 1)) < tonumber(arguments[i + 3]) then
            redis.call('HDEL', counters, field)
          end
        end
      end
      redis.call('EXPIRE', counters, seconds)
    end
  end
end
