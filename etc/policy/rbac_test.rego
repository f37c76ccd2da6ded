package sark.rbac_test

import data.sark.example
import data.sark.rbac

# role, action and level: with nothing owned and no team managed.
may(role, action, level) if rbac.permits({"id": "u", "roles": [role]}) with input as {
	"action": action,
	"server": {"sensitivity": level, "owner": "u-olga", "team": "web"},
}

levels := ["low", "medium", "high", "critical"]

test_admin if {
	every action in ["tool:invoke", "server:delete", "audit:read", "user:create", "x:y:z"] {
		every level in levels {
			may("admin", action, level)
		}
	}
}

test_developer if {
	every level in ["low", "medium", "high"] {
		may("developer", "tool:invoke", level)
		may("developer", "tool:discover", level)
	}
	not may("developer", "tool:invoke", "critical")
	may("developer", "server:register", "low")
	may("developer", "server:register", "medium")
	not may("developer", "server:register", "high")
	not may("developer", "server:register", "critical")
	every action in ["server:update", "server:delete", "server:read", "task:submit", "audit:read", "toolbox:open"] {
		not may("developer", action, "low")
	}
}

test_developer_owns if {
	every action in ["server:update", "server:delete"] {
		rbac.permits({"id": "u", "roles": ["developer"]}) with input as {"action": action, "server": {"owner": "u", "sensitivity": "low"}}
		not rbac.permits({"id": "u", "roles": ["developer"]}) with input as {"action": action, "server": {"sensitivity": "low"}}
	}
}

test_developer_manages if {
	rbac.permits({"id": "u", "roles": ["developer"], "managed_teams": ["web"]}) with input as {"action": "tool:invoke", "tool": {"sensitivity": "critical", "team": "web"}}
	not rbac.permits({"id": "u", "roles": ["developer"], "managed_teams": ["hr"]}) with input as {"action": "tool:invoke", "tool": {"sensitivity": "critical", "team": "web"}}
	not rbac.permits({"id": "u", "roles": ["developer"], "managed_teams": ["web"]}) with input as {"action": "server:register", "server": {"sensitivity": "critical", "team": "web"}}
}

test_others if {
	every pair in [
		["operator", "task:submit"], ["operator", "task:cancel"], ["operator", "server:read"], ["operator", "tool:discover"],
		["viewer", "tool:discover"], ["viewer", "server:read"],
		["security_officer", "audit:read"], ["security_officer", "policy:evaluate:any"], ["security_officer", "tool:discover"],
	] {
		may(pair[0], pair[1], "low")
	}
	every pair in [
		["operator", "tool:invoke"], ["operator", "server:update"], ["operator", "audit:read"],
		["viewer", "tool:invoke"], ["viewer", "server:register"], ["viewer", "task:submit"], ["viewer", "tool:discover:all"],
		["security_officer", "tool:invoke"], ["security_officer", "server:read"], ["security_officer", "task:submit"],
		["nobody", "tool:discover"], ["by_scope", "tool:discover"], ["", "tool:discover"],
	] {
		not may(pair[0], pair[1], "low")
	}
}

test_service if {
	every scopes in [["tool:invoke"], ["tool:*"], ["audit:read", "tool:invoke"]] {
		example.allowed({"user": {"roles": ["service"], "scopes": scopes}})
	}
	every scopes in [[], ["*"], ["tool"], ["tool:discover"], ["tool:invoke:x"], ["server:*"], [null]] {
		example.denied_by("rbac", {"user": {"roles": ["service"], "scopes": scopes}})
	}
	example.denied_by("rbac", {"user": {"roles": ["service"]}})
	example.denied_by("rbac", {"user": {"roles": ["viewer"], "scopes": ["tool:*"]}})
}

test_no_role if {
	example.denied_by("rbac", {"user": {"roles": []}})
	example.denied_by("rbac", {"user": {"roles": [null, 1, {}]}})
	example.denied_by("rbac", {"user": {"roles": ["Admin"]}})
}

test_first_role_by_name if {
	example.ask({"user": {"roles": ["developer", "admin"]}}) == example.ask({"user": {"roles": ["admin", "developer"]}})
}

test_reasons if {
	example.ask({"user": {"roles": ["viewer"]}}).reason == "no role of the user allows tool:invoke"
	example.ask(example.tool("critical")).reason == "the roles of the user do not allow tool:invoke on this critical object"
}
