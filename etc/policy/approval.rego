# Some tools need a second person each time.
package sark.approval

import data.sark.request
import data.sark_config.approval as config

deny := "the tool needs an approval" if {
	needed
	not valid
}

needed if {
	object.get(request.tool, "requires_approval", false) != false
	not config.not_needed[input.action]
}

# context.approval only names an approval. What counts is input.approval, the
# record that the server itself found under that name and verified.
valid if {
	approval := input.approval
	approval.subject == input.user.id
	approval.action == input.action
	approval.tool == request.tool.name
	same(approval, "server_id", request.tool)
	same(approval, "resource", input)
	is_string(approval.approver)
	not approval.approver in ["", input.user.id]
	approval.approver_agent == false
	is_number(approval.expires_ns)
	input.request.time_ns < approval.expires_ns
}

# Another resource, or one where none was approved, is another request.
same(approval, member, of) if object.get(approval, member, null) == object.get(of, member, null)

obligation := object.union(
	{"type": "approval", "subject": input.user.id, "action": input.action, "tool": object.get(request.tool, "name", "")},
	{member: value |
		some member, from in {"resource": input, "server_id": request.tool}
		value := from[member]
	},
)

expires_in := request.seconds_until(input.approval.expires_ns) if {
	needed
	valid
}
