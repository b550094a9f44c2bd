import path from "node:path";

import js from "@eslint/js";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const SOURCE = path.join(import.meta.dirname, "src");

/** The room of a file: "features/brands", "app", "lib" and so on. */
const roomOf = (file) => {
  const [first, second] = path.relative(SOURCE, file).split(path.sep);
  return first === "features" ? `features/${second}` : first;
};

/** What each room may import besides itself. */
const ALLOWED = {
  app: ["features", "components", "lib", "api", "texts", "styles"],
  features: ["components", "lib", "api", "texts"],
  components: ["lib", "texts", "api"],
  texts: ["lib"],
  api: ["lib"],
  lib: ["texts"],
};

const rooms = {
  create: (context) => ({
    ImportDeclaration: (node) => {
      const wanted = String(node.source.value);
      if (!wanted.startsWith("@/") && !wanted.startsWith(".")) return;
      const file = wanted.startsWith("@/")
        ? path.join(SOURCE, wanted.slice(2))
        : path.resolve(path.dirname(context.filename), wanted);
      const [from, to] = [roomOf(context.filename), roomOf(file)];
      if (from === to || !(from.split("/")[0] in ALLOWED)) return;
      if (!ALLOWED[from.split("/")[0]].includes(to.split("/")[0]))
        context.report({ node, message: `${from} must not import ${to}: imports go from app to features to what they share.` });
    },
  }),
};

export default tseslint.config(
  { ignores: ["node_modules", "src/api/schema.d.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}", "vite.config.ts"],
    extends: [...tseslint.configs.strictTypeChecked, a11y.flatConfigs.strict, hooks.configs.flat.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname }, globals: globals.browser },
    plugins: { sosie: { rules: { rooms } } },
    rules: {
      "sosie/rooms": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "@typescript-eslint/no-non-null-assertion": "error",
      // Radix' parts are labelled by their own means, which the rule cannot see.
      "jsx-a11y/label-has-associated-control": ["error", { assert: "either", depth: 4 }],
    },
  },
  { files: ["scripts/**", "*.js", "public/**"], languageOptions: { globals: { ...globals.node, ...globals.browser } } },
);
