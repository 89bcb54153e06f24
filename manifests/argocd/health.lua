-- Health of Cupel's kinds for Argo CD, from their kstatus conditions (observedGeneration, Reconciling, Stalled, Ready)
-- and Suspended, which waits for a person. Kinds without conditions, such as ApprovalLedger, are healthy once they exist.
local function told(condition)
  if condition.message == nil or condition.message == "" then
    return condition.reason
  end
  return condition.reason .. ": " .. condition.message
end

if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "Being deleted" }
end
if obj.kind == "ApprovalLedger" then
  return { status = "Healthy", message = "" }
end
if obj.status == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "Waiting for the operator to look at this generation" }
end

local found = {}
for _, condition in ipairs(obj.status.conditions or {}) do
  found[condition.type] = condition
end
local function holds(type)
  return found[type] ~= nil and found[type].status == "True"
end

if holds("Stalled") then
  return { status = "Degraded", message = told(found.Stalled) }
end
if holds("Suspended") then
  return { status = "Suspended", message = told(found.Suspended) }
end
if holds("Ready") and not holds("Reconciling") then
  return { status = "Healthy", message = told(found.Ready) }
end
if found.Ready ~= nil then
  return { status = "Progressing", message = told(found.Ready) }
end
return { status = "Progressing", message = "Waiting for the operator's verdict" }
