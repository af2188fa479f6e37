-- What scripts about reservations share: it stands before them.
-- reserved: hash of sums by counter and window, and of each reservation ('#' and the request's id) as lines 'counter=amount'; leases: ids by the end of their lease in milliseconds.
local function drop(reserved, leases, id)
  local entry = redis.call('HGET', reserved, '#' .. id)
  redis.call('ZREM', leases, id)
  if not entry then
    return
  end
  redis.call('HDEL', reserved, '#' .. id)
  for field, amount in string.gmatch(entry, '([^\n]+)=(%d+)') do
    if redis.call('HINCRBY', reserved, field, '-' .. amount) <= 0 then
      redis.call('HDEL', reserved, field)
    end
  end
end

local function add(reserved, leases, id, entry, now, lease)
  if redis.call('HSETNX', reserved, '#' .. id, entry) == 1 then
    for field, amount in string.gmatch(entry, '([^\n]+)=(%d+)') do
      redis.call('HINCRBY', reserved, field, amount)
    end
  end
  redis.call('ZADD', leases, string.format('%d', now + lease), id)
  redis.call('PEXPIRE', reserved, 4 * lease)
  redis.call('PEXPIRE', leases, 4 * lease)
end

-- Takes back what belonged to processes that died.
local function reclaim(reserved, leases, now)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', string.format('%d', now), 'LIMIT', 0, 50)) do
    drop(reserved, leases, id)
  end
end
