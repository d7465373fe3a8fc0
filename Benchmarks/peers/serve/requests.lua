-- Has wrk send the requests of a file in turn and prints one line of JSON.
-- Usage: wrk ... -s requests.lua URL -- FILE
-- FILE holds whole HTTP requests, each behind a line with its number of bytes.
local requests, place = {}, 0

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for size in file:lines() do
    requests[#requests + 1] = file:read(tonumber(size))
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"a_second": %.1f, "p50": %.1f, "p99": %.1f, "most": %.1f, "refused": %d, "failed": %d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99),
    latency.max, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
