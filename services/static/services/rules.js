// The builder of a rule: what is asked and what is done, kept here and sent as two hidden fields of JSON.
"use strict";

document.addEventListener("alpine:init", () => {
  window.Alpine.data("ruleBuilder", () => {
    const data = JSON.parse(document.getElementById("rule-data").textContent);
    let last = 0;
    const keyed = (row) => ({ key: (last += 1), ...row });
    const condition = (row) => keyed({ field: row.field || "", op: row.op || "", value: row.value });
    const action = ({ action: code, ...params }) => keyed({ action: code || "", params });

    return {
      data,
      trigger: "event",
      amount: 60,
      unit: 1,
      side: "after",
      conditions: { all: data.conditions.all.map(condition), any: data.conditions.any.map(condition) },
      actions: data.chosen_actions.map(action),

      init() {
        const chosen = this.$root.querySelector("input[name=trigger][checked]");
        if (chosen) this.trigger = chosen.value;
        const minutes = Number(data.minutes) || 0;
        this.side = minutes < 0 ? "before" : "after";
        this.unit = [1440, 60].find((unit) => minutes && minutes % unit === 0) || 1;
        this.amount = Math.abs(minutes) / this.unit;
      },

      get minutes() {
        return (this.side === "before" ? -1 : 1) * (Number(this.amount) || 0) * this.unit;
      },
      get conditionsJson() {
        const plain = ({ field, op, value }) =>
          data.ops[op] && data.ops[op].value === "nothing" ? { field, op } : { field, op, value };
        return JSON.stringify({ all: this.conditions.all.map(plain), any: this.conditions.any.map(plain) });
      },
      get actionsJson() {
        return JSON.stringify(this.actions.map((row) => ({ action: row.action, ...row.params })));
      },

      // conditions
      fieldOf: (row) => data.fields.find((field) => field.code === row.field),
      opsOf(row) {
        const field = this.fieldOf(row);
        return field ? field.ops : [];
      },
      addCondition(part) {
        this.conditions[part].push(condition({}));
      },
      fieldChanged(row) {
        row.op = this.opsOf(row)[0] || "";
        this.opChanged(row, true);
      },
      opChanged(row, isOther = false) {
        const kind = data.ops[row.op] ? data.ops[row.op].value : "nothing";
        const field = this.fieldOf(row);
        if (kind === "nothing") row.value = undefined;
        else if (kind === "list" && (isOther || !Array.isArray(row.value))) {
          row.value = field.type === "yes_no" ? [true] : [];
        } else if (kind === "one" && (isOther || Array.isArray(row.value) || row.value === undefined)) {
          const options = this.optionsOf(`field:${row.field}`);
          row.value = options.length ? options[0][0] : null;
        }
      },
      widgetOf(row) {
        const field = this.fieldOf(row);
        const kind = field && data.ops[row.op] ? data.ops[row.op].value : "nothing";
        if (kind === "nothing") return "";
        if (field.type === "text") return "words";
        if (["number", "date", "yes_no"].includes(field.type)) return field.type;
        return kind === "one" ? "choice" : "chips";
      },
      wordsIn: (text) => text.split(/[,，]/).map((word) => word.trim()).filter((word) => word),
      first: (row) => (Array.isArray(row.value) ? row.value[0] : row.value),
      setOne(row, value) {
        const isList = data.ops[row.op].value === "list";
        if (isList) row.value = value === null || value === "" ? [] : [value];
        else row.value = value;
      },
      without(row, value) {
        row.value = row.value.filter((one) => one !== value);
      },
      withOne(row, select) {
        if (select.value) row.value = [...(row.value || []), JSON.parse(select.value)];
        select.value = "";
      },
      restOf(row) {
        const chosen = Array.isArray(row.value) ? row.value : [];
        return this.optionsOf(`field:${row.field}`).filter(([value]) => !chosen.includes(value));
      },

      // lists of choices
      optionsOf(name) {
        return this.data.options[name] ? this.data.options[name].list : [];
      },
      isLong: (name) => Boolean(data.options[name] && data.options[name].long),
      labelOf(name, value) {
        const pair = this.optionsOf(name).find(([one]) => one === value);
        return pair ? pair[1] : `${value} ${data.words.gone}`;
      },
      async look(name, text) {
        const query = new URLSearchParams({ of: name, q: text });
        const response = await fetch(`${data.options_url}?${query}`);
        if (!response.ok) return;
        const { list } = await response.json();
        const shown = this.data.options[name];
        const found = new Set(list.map(([value]) => value));
        // What is chosen somewhere keeps its name: it stays in the list, behind what was found.
        shown.list = [...list, ...shown.list.filter(([value]) => !found.has(value) && this.isChosen(name, value))];
      },
      isChosen(name, value) {
        const [what, code, param] = name.split(":");
        if (what === "action") return this.actions.some((row) => row.action === code && row.params[param] === value);
        const rows = [...this.conditions.all, ...this.conditions.any];
        return rows.some((row) => row.field === code && [].concat(row.value).includes(value));
      },

      // actions
      paramsOf(row) {
        const kind = data.actions.find((one) => one.code === row.action);
        return kind ? kind.params : [];
      },
      listOf: (row, param) => `action:${row.action}:${param.code}`,
      addAction() {
        this.actions.push(action({}));
      },
      actionChanged(row) {
        row.params = {};
      },
      setParam(row, param, text) {
        if (text) row.params[param.code] = JSON.parse(text);
        else delete row.params[param.code];
      },
      moveAction(number, by) {
        const [row] = this.actions.splice(number, 1);
        this.actions.splice(number + by, 0, row);
      },
    };
  });
});
