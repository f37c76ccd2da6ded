#ifndef SARK_POLICY_INPUT_H
#define SARK_POLICY_INPUT_H

#include "base/buf.h"
#include "policy/facts.h"
#include "policy/subject.h"

/*
 * The document "input" of the policy, as sark-policy(5) lists it.  Members
 * that the question does not give are absent, not null.
 */
void sark_policy_input(struct sark_buf *out, const struct sark_subject *subject,
    const struct sark_question *question, const struct sark_facts *facts,
    const struct sark_caller *caller) SARK_NONNULL(1, 2, 3, 4, 5);

#endif
