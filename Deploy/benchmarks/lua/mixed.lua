-- wrk -t32 -c32 -s mixed.lua URL -- FILE: queries, transactions and forced errors of many tenants, every answer checked.
-- The file's lines are "number host token asset": asset is an id of the tenant. One connection a thread, so the answer
-- that comes is the one to the request before.
local threads = {}
local tenants, me, expected, kind = {}, nil, nil, nil

function setup(thread)
  threads[#threads + 1] = thread
  thread:set("seed", #threads)
end

function init(args)
  math.randomseed(os.time() * 100 + seed)
  for line in io.lines(args[1]) do
    local number, host, token, asset = line:match("^(%S+) (%S+) (%S+) (%S+)$")
    tenants[#tenants + 1] = { tag = "t" .. number .. "-", host = host, token = token, asset = asset }
  end
  checked, wrong, strange, rows, created, example = 0, 0, 0, 0, 0, ""
end

local function other()
  local tenant = tenants[math.random(#tenants)]
  return tenant ~= me and tenant or other()
end

local sorts = { "name", "-name", "createdAt", "-createdAt" }

-- Each returns method, path, body and the statuses that are right.
local kinds = {
  function() return "GET", "/assets?limit=" .. math.random(1, 25) .. "&sort=" .. sorts[math.random(4)], nil, { [200] = true } end,
  function() return "GET", "/assets?limit=10&filter=name%20co%20%22b-0" .. math.random(10, 99) .. "%22", nil, { [200] = true } end,
  function() return "GET", "/assets?limit=5&filter=name%20sw%20%22" .. other().tag .. "%22", nil, { [200] = "empty" } end,
  function() return "GET", "/assets/" .. me.asset, nil, { [200] = true } end,
  function() return "GET", "/assets/" .. other().asset, nil, { [404] = true } end,
  function() return "GET", "/requestable-assets?limit=20", nil, { [200] = true } end,
  function() return "GET", "/assets?limit=5&cursor=bm9uc2Vuc2U", nil, { [422] = true } end,
  -- A unique name that is taken undoes a transaction in the middle.
  function() return "POST", "/assets", '{"name":"' .. me.tag .. 'web-00001","address":"10.0.0.1"}', { [409] = true } end,
  function()
    created = created + 1
    local name = me.tag .. "new-" .. seed .. "-" .. math.random(1, 1e9)
    return "POST", "/assets", '{"name":"' .. name .. '","address":"10.0.0.1"}', { [201] = true, [409] = true }
  end,
}
local weights = { 1, 1, 1, 2, 2, 3, 4, 4, 4, 5, 5, 5, 6, 7, 8, 9 }

function request()
  me = tenants[math.random(#tenants)]
  kind = weights[math.random(#weights)]
  local method, path, body
  method, path, body, expected = kinds[kind]()
  local headers = { Host = me.host, Authorization = "Bearer " .. me.token }
  if body then headers["Content-Type"] = "application/json" end
  return wrk.format(method, "/api/v1" .. path, headers, body)
end

function response(status, _, body)
  checked = checked + 1
  local right = expected[status]
  if not right then
    strange = strange + 1
    if example == "" then example = kind .. ": " .. status .. " " .. body:sub(1, 200):gsub('["\\%c]', "'") end
  end
  if status >= 300 then return end
  for name in body:gmatch('"name":"([^"]*)"') do
    rows = rows + 1
    if name:sub(1, #me.tag) ~= me.tag or right == "empty" then wrong = wrong + 1 end
  end
end

function done(summary)
  local sum = { checked = 0, wrong = 0, strange = 0, rows = 0 }
  local example = ""
  for _, thread in ipairs(threads) do
    for name in pairs(sum) do sum[name] = sum[name] + thread:get(name) end
    if example == "" then example = thread:get("example") end
  end
  local errors = summary.errors
  io.write(string.format(
    '{"checked":%d,"wrong":%d,"strange":%d,"rows":%d,"errors":%d,"example":"%s"}\n', sum.checked, sum.wrong, sum.strange,
    sum.rows, errors.connect + errors.read + errors.write + errors.timeout, example))
end
