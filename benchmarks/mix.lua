-- The mix that wrk asks for: pages, the API, plans, tiles. Two of a hundred are plans that the server has never been
-- asked for: a number in the address makes each of them new. Arguments: the server's tile template, towns as @Name, and
-- addresses to repeat.
local addresses, towns, template, new = {}, {}, nil, 0
local threads, counter = {}, 0
local box = { 45.2, 38.95, 46.6, 39.9 } -- where the tiles lie: west, south, east, north

function setup(thread)
  thread:set("seed", counter)
  counter = counter + 1
  table.insert(threads, thread)
end

function init(arguments)
  math.randomseed(7 + seed)
  statuses, refused = "", 0
  template = arguments[1]
  for i = 2, #arguments do
    if arguments[i]:sub(1, 1) == "@" then table.insert(towns, arguments[i]:sub(2))
    else table.insert(addresses, arguments[i]) end
  end
  wrk.headers["Accept-Encoding"] = "gzip"
end

local function plan()
  local from = math.random(#towns)
  local to = (from + math.random(#towns - 1) - 1) % #towns + 1
  new = new + 1
  return string.format("/api/plan?mode=road&through=any&from=%s&to=%s&n=%d-%d", towns[from], towns[to], seed, new)
end

local function tile()
  local z = math.random(7, 13)
  local lon = box[1] + math.random() * (box[3] - box[1])
  local lat = math.rad(box[2] + math.random() * (box[4] - box[2]))
  local x = math.floor((lon + 180) / 360 * 2 ^ z)
  local y = math.floor((1 - math.log(math.tan(lat) + 1 / math.cos(lat)) / math.pi) / 2 * 2 ^ z)
  return (template:gsub("{z}", z):gsub("{x}", x):gsub("{y}", y))
end

function request()
  local kind = math.random(1, 100)
  if kind <= 2 then return wrk.format("GET", plan()) end
  if kind <= 40 then return wrk.format("GET", tile()) end
  return wrk.format("GET", addresses[math.random(#addresses)])
end

function response(status, headers, body)
  if status ~= 200 then
    refused = refused + 1
    if #statuses < 200 then statuses = statuses .. " " .. status end
  end
end

function done(summary, latency, requests)
  local refused, statuses = 0, ""
  for _, thread in ipairs(threads) do
    refused = refused + thread:get("refused")
    statuses = statuses .. thread:get("statuses")
  end
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.2f, "bytes": %d, "p50_ms": %.2f, "p95_ms": %.2f, "p99_ms": %.2f, "max_ms": %.1f, ' ..
    '"not_200": %d, "which": "%s", "connect": %d, "read": %d, "write": %d, "timeout": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3, refused, statuses, e.connect, e.read, e.write, e.timeout))
end
