package sark.approval_test

import data.sark.example

record := {
	"subject": "u-dana", "action": "tool:invoke", "tool": "jira.update", "server_id": "s-1",
	"resource": {"type": "issue", "id": "7"}, "approver": "u-olga", "approver_agent": false,
	"expires_ns": example.at("2026-06-15T10:01:40Z"),
}

needs(change) := object.union(
	{"tool": {"requires_approval": true}, "resource": {"type": "issue", "id": "7"}},
	change,
)

test_valid if {
	answer := example.ask(needs({"approval": record}))
	answer.allow
	answer.cache_ttl == 100
}

test_missing if {
	example.ask(needs({})) == {
		"allow": false, "rule": "approval", "reason": "the tool needs an approval", "cache_ttl": 600,
		"obligations": [{
			"type": "approval", "subject": "u-dana", "action": "tool:invoke", "tool": "jira.update",
			"server_id": "s-1", "resource": {"type": "issue", "id": "7"},
		}],
	}
}

test_claim_never_counts if example.denied_by("approval", needs({"context": {"approval": record}}))

test_other if {
	every change in [
		{"subject": "u-x"}, {"action": "tool:discover"}, {"tool": "jira.delete"}, {"server_id": "s-2"},
		{"resource": {"id": "8"}}, {"resource": "7"}, {"resource": null},
		{"approver": "u-dana"}, {"approver": ""}, {"approver": null}, {"approver_agent": true}, {"approver_agent": "no"},
		{"expires_ns": example.base.request.time_ns}, {"expires_ns": "later"}, {"expires_ns": null},
	] {
		example.denied_by("approval", needs({"approval": object.union(record, change)}))
	}
	every member, _ in record {
		example.denied_by("approval", needs({"approval": object.remove(record, [member])}))
	}
	every odd in [true, "a-1", null, []] {
		example.denied_by("approval", needs({"approval": odd}))
	}
}

test_last_nanosecond if {
	answer := example.ask(needs({"approval": object.union(record, {"expires_ns": example.base.request.time_ns + 1})}))
	answer.allow
	answer.cache_ttl == 0
}

test_without_a_resource if {
	plain := object.remove(record, ["resource"])
	example.allowed({"tool": {"requires_approval": true}, "approval": plain})
	example.denied_by("approval", {"tool": {"requires_approval": true}, "approval": record})
}

test_not_needed if {
	example.allowed({"tool": {"requires_approval": false}})
	example.allowed(needs({"action": "tool:discover"}))
}

test_odd_mark_needs if {
	every mark in ["no", 0, null, {}] {
		example.denied_by("approval", {"tool": {"requires_approval": mark}})
	}
}

# A tool without a name must not lose the denial with the obligation.
test_nameless_tool if {
	nameless := object.union(
		object.remove(example.base, ["tool", "server"]),
		{"tool": {"sensitivity": "low", "requires_approval": true}},
	)
	answer := example.ask_of(nameless)
	answer.rule == "approval"
	answer.obligations[0].tool == ""
}
