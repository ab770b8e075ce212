"""Every code of this room with its meaning in one sentence."""

CODES: dict[str, str] = {
    "A590": "The embedded AWS cannot listen on the port.",
    "A591": "The embedded AWS is already open in this process.",
    "A592": "MOTO_ACCOUNT_ID is set, which would make every account the same one.",
    "A593": "The embedded AWS's state was written by another version of jumpcf or moto.",
    "A594": "Another command is using the embedded AWS of this estate.",
    "A595": "The embedded AWS's state cannot be read.",
    "A596": "There is no estate in the folder, so no embedded AWS to reset.",
    "A597": "A fault for the embedded AWS names something that it has not, or that is so already.",
    "A588": "Nobody serves the embedded AWS of this estate, so nobody can sign in there.",
    "A589": "The sign-in to the embedded AWS was refused.",
    "A598": "The embedded AWS cannot be brought to an earlier manifest.",
}
