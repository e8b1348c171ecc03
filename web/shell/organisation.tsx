import { createContext, use } from "react";
import type { LiveOrganisation } from "../live/live.documents.ts";
import type { Me } from "./session.documents.ts";

interface Place {
  readonly me: Me;
  /** As read at the start; what changes while the page is open comes from the live state. */
  readonly organisation: LiveOrganisation;
}

const PlaceContext = createContext<Place | null>(null);
export const PlaceProvider = PlaceContext;

export function usePlace(): Place {
  const place = use(PlaceContext);
  if (!place) throw new Error("The organisation is read outside its page.");
  return place;
}

export function useMay(action: LiveOrganisation["viewerCan"][number]): boolean {
  return usePlace().organisation.viewerCan.includes(action);
}
