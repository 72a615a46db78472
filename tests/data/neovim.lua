-- A session in a headless Neovim: open the Service, see the diagnostic, jump to the label, rename it everywhere.
-- The root of the repository and the server's command come from the environment; what was seen goes to standard output.
local root = vim.env.KUBELINT_ROOT
local command = vim.split(vim.env.KUBELINT_SERVER, " ")
local seen = {}

local function wait(what, condition)
  if not vim.wait(60000, condition, 50) then
    error("waited in vain for " .. what)
  end
end

local function open(name)
  vim.cmd("edit " .. vim.fn.fnameescape(root .. "/" .. name))
  local client = seen.client
  if client == nil then
    client = vim.lsp.start_client({ name = "kubelint", cmd = command, root_dir = root, workspace_folders = { { uri = vim.uri_from_fname(root), name = "shop" } } })
    seen.client = client
  end
  vim.lsp.buf_attach_client(0, client)
  wait("the server", function() return vim.lsp.get_client_by_id(client) ~= nil and vim.lsp.get_client_by_id(client).initialized == true or #vim.lsp.buf_get_clients(0) > 0 end)
end

local function say(text)
  io.stdout:write(text .. "\n")
end

local function run()
  open("service.yaml")
  wait("a diagnostic", function() return #vim.diagnostic.get(0) > 0 end)
  for _, found in ipairs(vim.diagnostic.get(0)) do
    say(string.format("diagnostic %d:%d %s", found.lnum + 1, found.col + 1, found.message:gsub("\n.*", "")))
  end

  vim.fn.search("helloword")
  vim.lsp.buf.definition()
  wait("the jump", function() return vim.fn.expand("%:t") == "deployment.yaml" end)
  say(string.format("definition %s:%d %s", vim.fn.expand("%:t"), vim.fn.line("."), vim.trim(vim.fn.getline("."))))

  open("service.yaml")
  vim.fn.search("helloword")
  vim.fn.setline(".", (vim.fn.getline("."):gsub("helloword", "helloworld")))
  wait("no diagnostic", function() return #vim.diagnostic.get(0) == 0 end)
  say("mended")

  vim.fn.cursor(7, 12)
  vim.lsp.buf.rename("greeter")
  local other = vim.fn.bufnr(root .. "/deployment.yaml")
  local function text(buffer) return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n") end
  wait("the rename", function() return text(0):find("app: greeter") and text(other):find("app: greeter") end)
  vim.cmd("wall")
  say("renamed")
end

local ok, problem = pcall(run)
if not ok then
  say("failed: " .. tostring(problem))
end
vim.cmd("qall!")
