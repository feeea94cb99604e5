"""Who may open what: one table, reviewed by people. An address that is not in it fails the suite.

A row is one address: who is let in to read (`get`, which is HEAD too), who to change (`post`), and
the kind of object that it is about (`on`). Of those with a role, whoever is not named is refused
with 403, and an object that doesn't exist is 404 for each. Strangers are sent to sign in; `nobody`, who
has an account and no role, is refused. PUT, PATCH and DELETE, and GET or POST where a row doesn't
name them, answer 405. Where `door` says so, less is asked for; see Door.

Own and other: each object belongs to `owner`, whom `helper` helps, and `reviewer` has the review, where
there is one. So each row says what `owner` may with an object of their own, and what `procurement` may,
staff of the same role whose object it is not. Absent is an id that nothing has.
"""

from __future__ import annotations

from tests.access.outcomes import Address, Door, Outcome

#: Actors with a role. `reviewer`, and `procurement`, are procurement staff without a part in the answers.
ROLES = ("owner", "helper", "reviewer", "procurement", "manager", "auditor", "administrator")
ACTORS = ("anonymous", "nobody", *ROLES)

EVERYONE = ROLES
PEOPLE = ("nobody", *ROLES)
OWNER = ("owner",)
WORKERS = ("owner", "helper")
CANCELLERS = (*WORKERS, "manager")
PROCUREMENT = ("owner", "helper", "reviewer", "procurement")
WRITERS = (*PROCUREMENT, "manager")
REVIEWER = ("reviewer",)
#: Whoever had no part in the answers.
FRESH_EYES = ("reviewer", "procurement", "manager")
#: Whoever recorded the finding at hand, and managers.
JUDGES = ("reviewer", "manager")
#: Whoever corrects the finding at hand, and whoever recorded it.
PARTIES = ("owner", "reviewer")
#: Everybody who works with findings, the owner of the one at hand aside.
OTHERS = ("helper", "reviewer", "procurement", "manager")
MANAGER = ("manager",)
TRAIL_READERS = ("manager", "auditor", "administrator")
ADMINISTRATOR = ("administrator",)
PORTFOLIO_READERS = ("manager", "auditor")

TABLE = [
    Address("dashboard", get=EVERYONE),
    Address("vendors:vendor-list", get=EVERYONE),
    Address("vendors:event-list", get=TRAIL_READERS),
    Address("vendors:event-export", post=TRAIL_READERS),
    Address("vendors:event-verify", post=TRAIL_READERS),
    Address("vendors:vendor-add", get=PROCUREMENT, post=PROCUREMENT),
    Address("vendors:vendor-detail", "vendor", get=EVERYONE),
    Address("vendors:vendor-edit", "vendor", get=OWNER, post=OWNER),
    Address("vendors:vendor-archive", "vendor", get=OWNER, post=OWNER),
    Address("vendors:vendor-restore", "archived_vendor", get=OWNER, post=OWNER),
    Address("vendors:certification-add", "vendor", get=OWNER, post=OWNER),
    Address("vendors:certification-detail", "certification", get=EVERYONE),
    Address("vendors:certification-edit", "certification", get=OWNER, post=OWNER),
    Address("vendors:certification-verify", "certification", get=WRITERS, post=WRITERS),
    Address("vendors:certification-suspend", "certification", get=OWNER, post=OWNER),
    Address("vendors:certification-withdraw", "certification", get=OWNER, post=OWNER),
    Address("vendors:certification-restore", "certification", get=OWNER, post=OWNER),
    Address("vendors:certification-remove", "certification", get=OWNER, post=OWNER),
    Address("vendors:assessment-start", "free_vendor", get=PROCUREMENT, post=PROCUREMENT),
    Address("vendors:assessment-detail", "open", get=EVERYONE),
    Address("vendors:assessment-intake", "open", get=WORKERS, post=WORKERS),
    Address("vendors:assessment-tier", "open", post=MANAGER),
    Address("vendors:assessment-submit", "open", post=WORKERS),
    Address("vendors:assessment-cancel", "open", post=CANCELLERS),
    Address("vendors:assessment-take-back", "submitted", post=CANCELLERS),
    Address("vendors:assessment-decide", "pending", post=MANAGER),
    Address("vendors:assessment-close", "approved", get=MANAGER, post=MANAGER),
    Address("vendors:questionnaire-resume", "open", get=EVERYONE),
    Address("vendors:questionnaire", "open", get=EVERYONE, post=WORKERS, extra={"category": "LAB"}),
    Address("vendors:answer-save", "open", post=WORKERS, extra={"code": "L1"}),
    Address("vendors:review-list", get=EVERYONE),
    Address("vendors:assessment-review", "submitted", get=EVERYONE),
    Address("vendors:review-take", "submitted", post=FRESH_EYES),
    Address("vendors:second-review-ask", "in_review", post=JUDGES),
    Address("vendors:second-review-drop", "in_review", post=MANAGER),
    Address("vendors:answer-effect", "in_review", get=REVIEWER, extra={"code": "L1"}),
    Address("vendors:answer-decide", "in_review", post=REVIEWER, extra={"code": "L1"}),
    Address("vendors:answer-return", "in_review", post=REVIEWER, extra={"code": "L1"}),
    Address("vendors:answer-return-undo", "in_review", post=REVIEWER, extra={"code": "L1"}),
    Address("vendors:proposals-accept", "in_review", post=REVIEWER),
    Address("vendors:returns-send", "in_review", post=REVIEWER),
    Address("vendors:review-finish", "in_review", post=REVIEWER),
    Address("vendors:difference-settle", "moderation", post=REVIEWER, extra={"code": "L1"}),
    Address("vendors:framework-list", get=EVERYONE),
    Address("vendors:framework-upload", post=ADMINISTRATOR),
    Address("vendors:framework-detail", "framework", get=EVERYONE),
    Address("vendors:framework-download", "framework", get=EVERYONE),
    Address("vendors:framework-draft", "framework_draft", get=ADMINISTRATOR),
    Address("vendors:framework-publish", "framework_draft", post=ADMINISTRATOR),
    Address("vendors:framework-drop", "framework_draft", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Address("vendors:profile-add", "framework", get=MANAGER, post=MANAGER),
    Address("vendors:profile-edit", "profile", get=MANAGER, post=MANAGER),
    Address("vendors:profile-retire", "profile", get=MANAGER, post=MANAGER),
    Address("vendors:finding-list", get=EVERYONE),
    Address("vendors:finding-export", get=EVERYONE),
    Address("vendors:finding-add", get=WRITERS, post=WRITERS),
    Address("vendors:finding-detail", "finding", get=EVERYONE),
    Address("vendors:finding-severity", "finding", post=JUDGES),
    Address("vendors:action-assign", "finding", post=JUDGES),
    Address("vendors:action-edit", "finding", post=PARTIES),
    Address("vendors:action-prove", "finding", post=PARTIES),
    Address("vendors:action-unprove", "finding", post=PARTIES),
    Address("vendors:action-report", "finding", post=PARTIES),
    Address("vendors:action-send-back", "reported_finding", post=OTHERS),
    Address("vendors:action-close", "reported_finding", post=OTHERS),
    Address("vendors:reassessment-start", "approved", get=PROCUREMENT, post=PROCUREMENT),
    Address("vendors:evidence-list", "vendor", get=EVERYONE),
    Address("vendors:evidence-add", "vendor", get=OWNER, post=OWNER),
    Address("vendors:evidence-detail", "evidence", get=EVERYONE),
    Address("vendors:evidence-edit", "evidence", get=OWNER, post=OWNER),
    Address("vendors:evidence-replace", "evidence", get=OWNER, post=OWNER),
    Address("vendors:evidence-remove", "evidence", get=OWNER, post=OWNER),
    Address("vendors:evidence-download", "evidence_file", get=EVERYONE),
    Address("vendors:evidence-page", "evidence_file", get=EVERYONE, extra={"number": "1"}),
    Address("vendors:evidence-redraw", "evidence_file", post=OWNER),
    Address("vendors:answer-evidence", "open", get=WORKERS, post=WORKERS, extra={"code": "L1"}),
    Address("vendors:answer-evidence-unlink", "open", post=WORKERS, extra={"code": "L1"}),
    Address("scorecards:comparison", get=EVERYONE),
    Address("scorecards:comparison-live", get=EVERYONE),
    Address("scorecards:comparison-find", get=EVERYONE),
    Address("scorecards:comparison-csv", post=EVERYONE),
    Address("scorecards:comparison-xlsx", post=EVERYONE),
    Address("scorecards:comparison-pdf", post=EVERYONE),
    Address("scorecards:comparison-save", get=WRITERS, post=WRITERS),
    Address("scorecards:comparison-list", get=EVERYONE),
    Address("scorecards:comparison-detail", "saved_comparison", get=EVERYONE),
    Address("scorecards:comparison-choose", "saved_comparison", get=MANAGER, post=MANAGER),
    Address("scorecards:comparison-issue", "saved_comparison", post=EVERYONE),
    Address("scorecards:portfolio", get=PORTFOLIO_READERS),
    Address("scorecards:portfolio-csv", post=PORTFOLIO_READERS),
    Address("scorecards:portfolio-pdf", post=PORTFOLIO_READERS),
    Address("scorecards:scorecard-list", get=EVERYONE),
    Address("scorecards:scorecard-request", "approved", post=EVERYONE),
    Address("scorecards:scorecard-detail", "scorecard", get=EVERYONE),
    Address("scorecards:scorecard-retry", "scorecard", post=EVERYONE),
    Address("scorecards:scorecard-download", "ready_scorecard", get=EVERYONE),
    Address("scorecards:scorecard-correct", "ready_scorecard", get=MANAGER, post=MANAGER),
    Address("scorecards:scorecard-withdraw", "ready_scorecard", get=MANAGER, post=MANAGER),
    # A bundle is seen by whoever asked for it, and by nobody else.
    Address("scorecards:bundle-list", get=EVERYONE),
    Address("scorecards:bundle-ask", get=EVERYONE, post=EVERYONE),
    Address("scorecards:bundle-detail", "bundle", get=OWNER, denied=Outcome.ABSENT),
    Address("scorecards:bundle-cancel", "bundle", post=OWNER, denied=Outcome.ABSENT),
    Address("scorecards:bundle-resume", "bundle", post=OWNER, denied=Outcome.ABSENT),
    Address("scorecards:bundle-download", "ready_bundle", get=OWNER, denied=Outcome.ABSENT),
    Address("scorecards:notice-list", get=EVERYONE),
    Address("scorecards:notice-seen", post=EVERYONE),
    Address("scorecards:system", get=ADMINISTRATOR),
    Address("people-list", get=ADMINISTRATOR),
    Address("people-export", get=ADMINISTRATOR),
    Address("person-invite", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Address("person-role", "user", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Address("person-end", "user", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Address("person-restore", "user", get=ADMINISTRATOR, post=ADMINISTRATOR),
    Address("person-link", "user", post=ADMINISTRATOR),
    # Pages of one's own account: they need a sign-in, not a role.
    Address("password-change", get=PEOPLE, post=PEOPLE, door=Door.ACCOUNT),
    Address("password_change_done", get=PEOPLE, door=Door.ACCOUNT),
    # Open to strangers.
    Address("sign-in", get=ACTORS, post=ACTORS, door=Door.NONE),
    Address("sign-out", post=ACTORS, door=Door.NONE, passed=Outcome.SIGN_IN),
    Address("health", get=ACTORS, door=Door.NONE),
    Address("scorecards:check", get=ACTORS, door=Door.NONE),
    # A link that doesn't exist is answered like one that does, until it is used.
    Address("invitation-open", "link", get=ACTORS, door=Door.NONE, absent=Outcome.LET_IN),
    Address(
        "invitation-accept",
        "opened_link",
        get=ACTORS,
        post=ACTORS,
        door=Door.NONE,
        absent=Outcome.GONE,
    ),
]
