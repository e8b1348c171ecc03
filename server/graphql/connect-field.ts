/** What a person typed or pasted into one of a platform's connectFields. */
import { builder } from "./builder.ts";

export const ConnectFieldInput = builder.inputType("ConnectFieldInput", {
  description: "One value of the platform's connectFields.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Name of the field." }),
    value: t.string({ required: true, description: "What was typed." }),
  }),
});
