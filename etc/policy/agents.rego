# Agents: never more than their user, never far from him, never an approver.
package sark.agents

import data.sark.rbac
import data.sark.request
import data.sark.sensitivity
import data.sark_config.agents as config

deny := "an agent never approves" if {
	input.user.agent
	some word in split(input.action, ":")
	config.approving[word]
} else := "the delegation is too deep" if {
	input.user.agent
	not near
} else := "the user the agent acts for may not do this" if {
	user := input.user.on_behalf_of
	not permitted(user)
} else := reason if {
	input.user.agent
	target := called
	reason := refusal(target)
}

permitted(user) if {
	request.principal(user)
	rbac.permits(user)
	sensitivity.permits(user)
}

# The context may only make the depth greater, never smaller.
near if {
	shallow(object.get(input.user, "delegation_depth", 0))
	shallow(object.get(request.context, "delegation_depth", 0))
}

shallow(depth) if {
	is_number(depth)
	depth >= 0
	depth <= config.max_depth
}

# The agent that is called, when it is an agent that is called.
called := input.resource.id if {
	resource_is_agent
} else := trim_prefix(input.resource, "agent:") if {
	startswith(input.resource, "agent:")
} else := input.resource if {
	is_string(input.resource)
	request.is_area("agent")
} else := "" if {
	addressed
}

addressed if request.is_area("agent")

addressed if resource_is_agent

resource_is_agent if lower(input.resource.type) == "agent"

# Nothing is taken from the request: both agents are as data.json knows them.
refusal(id) := "the calling agent is not known" if {
	not config.known[input.user.id]
} else := "the called agent is not known" if {
	not config.known[id]
} else := "the trust level of the calling agent does not allow this call" if {
	not trusted(config.known[input.user.id], config.known[id])
} else := "the environments of the agents do not allow this call" if {
	not neighbours(config.known[input.user.id], config.known[id])
} else := concat("", ["the called agent does not offer ", capability]) if {
	not offered(config.known[id])
}

trusted(caller, other) if config.may_call[caller.trust][other.trust]

neighbours(caller, other) if config.environments[caller.environment][other.environment]

offered(other) if capability in other.capabilities

# agent:summarize asks for summarize, tool:invoke on an agent for invoke.
capability := words[count(words) - 1] if words := split(input.action, ":")
