-- wrk script: GETs of random invoices; the same requests go to nginx, which serves the same file for each of them.
-- args: prefix count; prefix "" for etaxd, else the path of nginx's file.
local requests, at, failures = {}, 0, 0

function init(args)
  local prefix, count = args[1] or "", tonumber(args[2] or "1000000")
  math.randomseed(7)
  for i = 1, 50000 do
    local n = math.random(1, count)
    local fen = n * 7919 % 10000000 + 100
    local path = prefix == "-" and string.format("/v1/verify/invoices/26332%015d", n) or prefix
    requests[i] = wrk.format("GET", string.format("%s?total=%d.%02d&date=2026-11-03", path, math.floor(fen / 100), fen % 100))
  end
end

function request()
  at = at % 50000 + 1
  return requests[at]
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('JSON {"per_second":%.1f,"requests":%d,"p50_us":%d,"p99_us":%d,"max_us":%d,"bytes":%d,"not_2xx":%d,"broken":%d}\n',
    summary.requests / (summary.duration / 1e6), summary.requests, latency:percentile(50), latency:percentile(99), latency.max,
    summary.bytes, e.status, e.connect + e.read + e.write + e.timeout))
end
