-- Has the counters of a key made anew with its next request. KEYS: counters, making.
redis.call('DEL', KEYS[2])
redis.call('HDEL', KEYS[1], '?')
return 0
