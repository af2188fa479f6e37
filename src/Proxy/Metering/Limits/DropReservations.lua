-- Gives back what requests do not use. KEYS: reserved, leases. ARGV: ids.
for _, id in ipairs(ARGV) do
  drop(KEYS[1], KEYS[2], id)
end
return 0
