extension StatusPage {
    /// The colours are named by what they say; both schemes set all of them.
    static let style = """
        :root { --ground: #f6f7f8; --card: #fff; --line: #e2e5e9; --ink: #1b2430; --quiet: #5d6875; --track: #e6e9ed;
          --good: #27695a; --wait: #8a5a0c; --gap: #e3a63c; --bad: #a93232; --bar: #6f93b5; --good-soft: #e3f1ed; --wait-soft: #fbf0dc;
          --bad-soft: #f9e4e4; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #12161b; --card: #1a2027; --line: #2a323c; --ink: #e4e8ec; --quiet: #98a3af; --track: #2b333d;
            --good: #55b39c; --wait: #d9a24a; --gap: #d9a24a; --bad: #e07070; --bar: #6c92b8; --good-soft: #1b332d; --wait-soft: #382c17;
            --bad-soft: #3a2022; }
        }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 66rem; padding: 1.25rem 1rem 2rem; background: var(--ground); color: var(--ink);
          font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          font-variant-numeric: tabular-nums; transition: opacity .3s; }
        body.stale main { opacity: .45; }
        header { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .75rem; margin-bottom: 1rem; }
        h1 { font-size: 1.25rem; margin: 0; letter-spacing: -.01em; }
        h2 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
        p { margin: 0; }
        a { color: inherit; }
        #about { flex-basis: 100%; color: var(--quiet); font-size: .87rem; overflow-wrap: anywhere; }
        .pill { border-radius: 1rem; padding: .1rem .65rem; font-size: .82rem; font-weight: 600; background: var(--track);
          color: var(--quiet); white-space: nowrap; }
        .good { background: var(--good-soft); color: var(--good); }
        .wait { background: var(--wait-soft); color: var(--wait); }
        .bad { background: var(--bad-soft); color: var(--bad); }
        section { margin-bottom: 1rem; }
        section:empty { display: none; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem; }
        .problem { border-radius: .6rem; padding: .6rem .9rem; margin-bottom: .5rem; overflow-wrap: anywhere; font-size: .92rem; }
        .problem span { color: var(--ink); }
        #figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; }
        #figures .card { padding: .7rem 1rem; margin: 0; }
        .figure { font-size: 1.45rem; font-weight: 600; letter-spacing: -.02em; white-space: nowrap; }
        .note, dt, .ends { color: var(--quiet); font-size: .82rem; }
        #outputs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem; }
        #outputs .card { margin: 0; min-width: 0; }
        .top { display: flex; align-items: center; gap: .5rem; flex-wrap: wrap; }
        .top .pill { margin-left: auto; }
        .where { overflow-wrap: anywhere; }
        svg { display: block; width: 100%; }
        svg.time { height: 1.1rem; margin-top: .8rem; border-radius: .3rem; }
        svg.rate { height: 2.4rem; margin-top: .8rem; }
        .ends { display: flex; justify-content: space-between; gap: .5rem; margin-top: .15rem; }
        .track { fill: var(--track); } .covered { fill: var(--good); } .gap { fill: var(--gap); } .lost { fill: var(--bad); }
        .bar { fill: var(--bar); } .axis { fill: var(--line); }
        dl { display: grid; grid-template-columns: repeat(3, 1fr); gap: .55rem .75rem; margin: .9rem 0 0; }
        dd { margin: 0; font-weight: 600; }
        .error { margin-top: .8rem; padding-top: .7rem; border-top: 1px solid var(--line); font-size: .85rem;
          overflow-wrap: anywhere; }
        #charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 27rem), 1fr)); gap: 1rem; }
        #charts .card { margin: 0; }
        .row { display: grid; grid-template-columns: minmax(6rem, 11rem) 1fr 4rem; gap: .6rem; align-items: center;
          font-size: .87rem; padding: .14rem 0; }
        .row span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
        .row span:last-child { text-align: right; }
        .row svg { height: .55rem; }
        #services, #late { margin-top: .6rem; }
        footer { display: flex; gap: 1rem; flex-wrap: wrap; color: var(--quiet); font-size: .82rem; margin-top: 1.25rem; }
        #updated { margin-left: auto; }
        """
}
