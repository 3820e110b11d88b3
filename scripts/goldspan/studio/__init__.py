"""Label Studio: a server of one's own, projects pushed to a server, annotations pulled from it.

From top to bottom: `install` and `local` run a server of one's own; `connection` speaks to any; `snapshot` is what a
project holds; `projects` is what a corpus wants it to hold, with what `restore` brings back; `plan` compares the two;
`push` and `pull` carry the difference over. All of it needs the extra ``studio``.
"""
