-- What scripts about slots share: it stands before them.
-- slots: ids of requests by the end of their lease; queue: ids that wait, by their arrival; seen: the same ids by when they last asked. All in milliseconds of Redis' clock.
-- 0: the request has a slot; n > 0: it is the nth that waits; -1: there is none, and the queue is full.
local function take(slots, queue, seen, id, most, lease, longest, silence)
  local now = milliseconds()
  redis.call('ZREMRANGEBYSCORE', slots, '-inf', string.format('%d', now))
  for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', string.format('%d', now - silence))) do
    redis.call('ZREM', queue, gone)
    redis.call('ZREM', seen, gone)
  end
  local waiting = redis.call('ZCARD', queue)
  local ahead = redis.call('ZRANK', queue, id) or waiting
  local is_held = redis.call('ZSCORE', slots, id)
  if is_held or redis.call('ZCARD', slots) + ahead < most then
    redis.call('ZADD', slots, string.format('%d', now + lease), id)
    redis.call('PEXPIRE', slots, lease)
    if ahead < waiting then
      redis.call('ZREM', queue, id)
      redis.call('ZREM', seen, id)
    end
    return 0
  end
  if ahead == waiting then
    if waiting >= longest then
      return -1
    end
    redis.call('ZADD', queue, string.format('%d', now), id)
  end
  redis.call('ZADD', seen, string.format('%d', now), id)
  redis.call('PEXPIRE', queue, 2 * silence)
  redis.call('PEXPIRE', seen, 2 * silence)
  return ahead + 1
end
