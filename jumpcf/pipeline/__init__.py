"""The whole flow, told once; the only room that sees both params/ and AWS.

    params/*.yaml   stacks/*.py
          |              |
        ESTATE --> TEMPLATES --> MANIFEST --> PLAN --> OPERATIONS --> JOURNAL
                                    |          |            |
                                    |       OBSERVED <--- AWS (writes)
                                    |------> STATUS
                                    '------> ACCESS

1. `load` reads params/ into an Estate, or raises every problem at once.  No AWS.
2. `build` runs the stack modules on the estate, renders canonical templates, counts quotas, lints what
   changed, and writes build/: the templates and the Manifest.  No AWS; same inputs, same bytes.
3. `observe` verifies who we are in the jump account and in each organization, then reads what is there.
   It never writes, and a read that fails fails the whole step.
4. `plan` compares manifest and observed, purely, and gives the operations as data.
5. `deploy` runs a plan's operations in order through the AWS gateway, journalling each before its call.
   It decides nothing.
6. `status` reads again and judges every wanted account; an operation's own SUCCEEDED is not believed.
7. `access` builds and reads templates, manifest and the lock's accounts into a graph, of which the questions
   who can reach what are asked; `deed` adds one action in a session, and snapshots/; `simulate_move` and
   `simulate_new` ask what it would be if an account lay elsewhere.  No AWS.

Before the flow: `starting` makes an estate, `syncing` its lock.  Beside it: `upkeep`, `doors` and `freezing`,
`emergency`, `people`, `roster`, `bootstrapping`, `checkup`, `rehearsal`; docs/architecture.md says what each does.

Heavy packages are imported inside the functions that need them, so that `jumpcf --help` loads none and
`jumpcf build` knows neither boto3 nor moto.  `local` puts the embedded AWS beneath boto3 by environment
variables; nothing else here knows that it exists.

Takes folders and names; gives each step's result.  May import: everything but cli.
"""
