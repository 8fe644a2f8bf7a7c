extension StatusPage {
    static let script = #"""
        'use strict';
        const byId = id => document.getElementById(id);
        const make = (name, kind, ...inside) => {
          const element = document.createElement(name);
          if (kind) element.className = kind;
          element.append(...inside.filter(part => part !== null && part !== undefined));
          return element;
        };
        const draw = (name, attributes, ...inside) => {
          const element = document.createElementNS('http://www.w3.org/2000/svg', name);
          for (const key in attributes) element.setAttribute(key, attributes[key]);
          element.append(...inside);
          return element;
        };
        const number = value => value.toLocaleString('en', {maximumFractionDigits: value < 10 ? 1 : 0});
        const units = [[86400, 'd'], [3600, 'h'], [60, 'min'], [1, 's']];
        const duration = seconds => {
          if (seconds < 1) return seconds > 0 ? '<1 s' : '0 s';
          const at = units.findIndex(unit => seconds >= unit[0]);
          const whole = Math.floor(seconds / units[at][0]);
          const next = units[at + 1];
          const rest = next && whole < 10 ? Math.floor((seconds - whole * units[at][0]) / next[0]) : 0;
          return whole + ' ' + units[at][1] + (rest ? ' ' + rest + ' ' + next[1] : '');
        };
        const clock = (text, now) => {
          if (!text) return 'never';
          const day = text.slice(0, 10), time = text.slice(11, 19);
          return day === now.slice(0, 10) ? time : day + ' ' + time.slice(0, 5);
        };
        const rect = (kind, x, y, width, height) => draw('rect', {class: kind, x, y, width, height});

        // The wanted time from left to right: what was delivered, what is missing in it, and what is still to be read.
        const timeline = coverage => {
          const start = Date.parse(coverage.start), now = Math.max(Date.parse(coverage.now), start + 1);
          const place = text => 1000 * Math.min(1, Math.max(0, (Date.parse(text) - start) / (now - start)));
          const span = (kind, from, to) => rect(kind, Math.min(place(from), 996), 0, Math.max(4, place(to) - place(from)), 10);
          const parts = [rect('track', 0, 0, 1000, 10), rect('covered', 0, 0, place(coverage.frontier), 10)];
          parts.push(...coverage.gaps.map(gap => span('gap', gap.start, gap.end)));
          parts.push(...coverage.lost.map(gap => span('lost', gap.start, gap.end)));
          const label = 'delivered up to ' + coverage.frontier + ', ' + coverage.gaps.length + ' gaps, ' + coverage.lost.length + ' lost';
          return draw('svg', {class: 'time', viewBox: '0 0 1000 10', preserveAspectRatio: 'none', role: 'img', 'aria-label': label}, ...parts);
        };
        const rates = (history, slot) => {
          const shown = history.slice(-90), most = Math.max(1, ...shown), width = 1000 / 90;
          const bars = shown.map((count, index) => {
            const height = count ? Math.max(1, 40 * count / most) : 0;
            return rect('bar', (90 - shown.length + index) * width, 40 - height, width * .7, height);
          });
          const label = 'audits delivered, in steps of ' + slot + ' s, at most ' + most;
          return draw('svg', {class: 'rate', viewBox: '0 0 1000 40', preserveAspectRatio: 'none', role: 'img', 'aria-label': label},
            rect('axis', 0, 39, 1000, 1), ...bars);
        };
        const row = (name, count, most) => make('div', 'row', make('span', '', name),
          draw('svg', {viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true'}, rect('track', 0, 0, 100, 4),
            rect('bar', 0, 0, count ? Math.max(1, 100 * count / Math.max(1, most)) : 0, 4)),
          make('span', '', number(count)));
        const fact = (name, value) => make('div', '', make('dt', '', name), make('dd', '', value));
        const card = (name, value) => make('div', 'card', make('div', 'figure', value), make('div', 'note', name));

        const kinds = {delivering: 'good', refusing: 'wait', silent: 'bad', starting: ''};
        // Of the line, where several lanes can lack the same time.
        const total = gaps => gaps.reduce((sum, gap) => sum + (Date.parse(gap.end) - Date.parse(gap.start)) / 1000, 0);
        const output = (out, now) => {
          const coverage = out.coverage;
          const parts = [
            make('div', 'top', make('h2', '', out.name), make('span', 'pill ' + (kinds[out.state] || ''), out.state)),
            make('p', 'note where', out.destination + ' · guarantee: ' + out.guarantee)];
          if (coverage) {
            parts.push(timeline(coverage), make('div', 'ends', make('span', '', clock(coverage.start, now)),
              make('span', '', 'delivered up to ' + clock(coverage.frontier, now) + (coverage.gaps.length ? ', gaps aside' : '')), make('span', '', 'now')));
          }
          parts.push(rates(out.history, out.slot_seconds),
            make('div', 'ends', make('span', '', '15 min ago'), make('span', '', 'audits per ' + out.slot_seconds + ' s'), make('span', '', 'now')));
          const facts = [fact('rate', number(out.per_second) + '/s'), fact('delivered', number(out.delivered)),
            fact('waiting', number(out.unacknowledged)), fact('lag', out.lag_seconds === undefined ? '–' : duration(out.lag_seconds)),
            fact('gaps', duration(total(coverage?.gaps ?? []))), fact('lost', duration(out.lost_seconds)),
            fact('duplicates', number(out.duplicates)), fact('retries', number(out.retries)), fact('rejected', number(out.rejected))];
          parts.push(make('dl', '', ...facts));
          if (out.last_error) {
            parts.push(make('p', 'error', make('span', 'note', 'last error, ' + clock(out.last_error.at, now) + ' UTC: '), out.last_error.reason));
          }
          const section = make('article', 'card', ...parts);
          section.dataset.output = out.name;
          return section;
        };

        const show = status => {
          const {program, health, api, outputs, services, late} = status, now = program.now;
          const verdict = byId('verdict');
          const [word, kind] = !health.healthy ? ['stands still', 'bad'] : !health.ready ? ['healthy, not ready', 'wait'] : ['healthy', 'good'];
          verdict.textContent = word;
          verdict.className = 'pill ' + kind;
          document.title = (kind === 'good' ? '' : word + ' · ') + 'auditferry';
          byId('about').textContent = 'version ' + program.version + ' · up ' + duration(program.uptime_seconds) + ' · ' + api.address +
            ' · ' + number(api.requests) + ' requests' + (api.rate_limit_remaining === undefined ? '' : ', ' + number(api.rate_limit_remaining) + ' left');
          byId('problems').replaceChildren(...health.problems.map(problem =>
            make('p', 'problem ' + (problem.kind === 'standstill' ? 'bad' : 'wait'), make('b', '', problem.subject), make('span', '',
              ': ' + problem.reason + (problem.lasts_seconds >= 1 ? ', for ' + duration(problem.lasts_seconds) : '')))));
          const sum = key => outputs.reduce((total, out) => total + (out[key] || 0), 0);
          byId('figures').replaceChildren(
            card('delivered a second', number(sum('per_second'))), card('largest lag', duration(Math.max(0, ...outputs.map(out => out.lag_seconds || 0)))),
            card('waiting for an answer', number(sum('unacknowledged'))), card('last poll (UTC)', clock(api.last_successful_poll, now)));
          byId('outputs').replaceChildren(...outputs.map(out => output(out, now)));
          const most = services.reduce((top, service) => Math.max(top, service.received), 0);
          byId('services').replaceChildren(...(services.length ? services.map(service => row(service.name, service.received, most)) : [make('p', 'note', 'none yet')]));
          const total = late.reduce((count, bucket) => count + bucket.count, 0), peak = Math.max(...late.map(bucket => bucket.count));
          // From the first that has any to the last.
          const first = late.findIndex(bucket => bucket.count), last = late.findLastIndex(bucket => bucket.count);
          const lateRows = late.slice(first, last + 1).map(bucket => row(bucket.up_to_seconds === undefined ? 'later' : 'up to ' + duration(bucket.up_to_seconds), bucket.count, peak));
          byId('late').replaceChildren(...(total ? lateRows : [make('p', 'note', 'none so far')]));
          byId('updated').textContent = 'as of ' + now.slice(0, 10) + ' ' + now.slice(11, 19) + ' UTC';
        };

        let answered = Date.now();
        const update = async () => {
          try {
            const answer = await fetch('/status', {cache: 'no-store', signal: AbortSignal.timeout(5000)});
            show(await answer.json());
            answered = Date.now();
            document.body.classList.remove('stale');
          } catch (error) {
            document.body.classList.add('stale');
            byId('verdict').textContent = 'no answer for ' + duration((Date.now() - answered) / 1000);
            byId('verdict').className = 'pill bad';
          }
          setTimeout(update, 2000);
        };
        update();
        """#
}
