/** Shows the service's OpenAPI description: its operations, what they take and what they answer. */

/**
 * @param {string} tag
 * @param {string} text
 * @param {(Node | null)[]} children
 * @returns {HTMLElement}
 */
function element(tag, text = "", ...children) {
  const made = document.createElement(tag);
  made.textContent = text;
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Replace each `$ref` by what it names; the description's schemas are no rings. */
function resolved(part, description) {
  if (Array.isArray(part)) {
    return part.map((each) => resolved(each, description));
  }
  if (part === null || typeof part !== "object") {
    return part;
  }
  if (typeof part.$ref === "string") {
    const named = part.$ref.replace("#/", "").split("/").reduce((within, key) => within[key], description);
    return resolved(named, description);
  }
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, resolved(value, description)]));
}

/** @returns {string} A schema in a few words: `integer, 1 to 62; 3 if not given`. */
function inWords(schema) {
  const kinds = (schema.anyOf ?? [schema]).filter((each) => each.type !== "null");
  const words = kinds.map((kind) => {
    const least = kind.minimum ?? (kind.exclusiveMinimum === undefined ? null : `above ${kind.exclusiveMinimum}`);
    const range = least === null ? "" : `, ${least} to ${kind.maximum}`;
    const shape = kind.pattern ? `, ${kind.pattern}` : "";
    return `${kind.enum ? kind.enum.join(" | ") : kind.type}${range}${shape}`;
  });
  return words.join(" or ") + (schema.default === undefined ? "" : `; ${schema.default} if not given`);
}

function listed(title, entries) {
  if (entries.length === 0) {
    return null;
  }
  const list = element("dl");
  for (const [name, ...told] of entries) {
    list.append(element("dt", name), element("dd", "", ...told));
  }
  return element("div", "", element("h3", title), list);
}

function contents(content = {}) {
  return Object.entries(content).map(([type, { schema }]) => {
    const shown = JSON.stringify(schema ?? {}, null, 2);
    return shown === "{}"
      ? element("div", type)
      : element("details", "", element("summary", type), element("pre", shown));
  });
}

function parameters(operation) {
  return (operation.parameters ?? []).map((parameter) => {
    const must = parameter.required ? "required; " : "";
    const told = [parameter.description, `${must}${inWords(parameter.schema)}`].filter(Boolean).join(": ");
    return [parameter.name, element("div", `${told} (${parameter.in})`)];
  });
}

function section(path, method, operation) {
  const heading = element("h2", "", element("span", method.toUpperCase()), element("span", ` ${path}`));
  heading.firstElementChild.className = "method";
  const answers = Object.entries(operation.responses).map(([status, answer]) => [
    status, element("div", answer.description), ...contents(answer.content),
  ]);
  const body = contents(operation.requestBody?.content);
  return element(
    "section", "",
    heading, element("p", operation.description ?? operation.summary ?? ""),
    listed("Parameters", parameters(operation)),
    body.length > 0 ? element("div", "", element("h3", "Body"), ...body) : null,
    listed("Answers", answers),
  );
}

try {
  const response = await fetch("openapi.json");
  const fetched = await response.json();
  const { paths } = resolved(fetched, fetched);
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      document.querySelector("#operations").append(section(path, method, operation));
    }
  }
} catch (error) {
  const trouble = document.querySelector("#trouble");
  trouble.textContent = `openapi.json cannot be shown (${error}); load the page again.`;
  trouble.hidden = false;
}
