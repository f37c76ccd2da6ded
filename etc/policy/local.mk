# The default policy and what is compiled from it; its tests stay in the tree.
sarkpolicydir = $(sarkdatadir)/policy
dist_sarkpolicy_DATA = \
	%D%/agents.rego \
	%D%/approval.rego \
	%D%/data.json \
	%D%/decision.rego \
	%D%/guard.rego \
	%D%/hours.rego \
	%D%/network.rego \
	%D%/parameters.rego \
	%D%/policy.wasm \
	%D%/policy.wasm.sources \
	%D%/rbac.rego \
	%D%/request.rego \
	%D%/sensitivity.rego \
	%D%/status.rego \
	%D%/values.rego
EXTRA_DIST += %D%/README \
	%D%/agents_test.rego \
	%D%/approval_test.rego \
	%D%/decision_test.rego \
	%D%/example_test.rego \
	%D%/guard_test.rego \
	%D%/hours_test.rego \
	%D%/network_test.rego \
	%D%/parameters_test.rego \
	%D%/rbac_test.rego \
	%D%/request_test.rego \
	%D%/sensitivity_test.rego \
	%D%/status_test.rego \
	%D%/values_test.rego
