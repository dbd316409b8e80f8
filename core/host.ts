import type { ProbeItem, RequireItem } from "./hostItems/conditions";
import type { AcceptForwardedItem, NftablesItem } from "./hostItems/filters";
import type {
  CniNetworkItem,
  ForeignLinkItem,
  ForwardingEntryItem,
  LinkAddressItem,
  LinkItem,
  LinkMtuItem,
  LinkPeerItem,
  NamespaceItem,
  NeighbourItem,
  PortItem,
} from "./hostItems/links";
import type { HostNameItem, ResolverItem } from "./hostItems/names";
import type { OvsBridgeItem, OvsPortItem, SoftwareChecksumsItem } from "./hostItems/ovs";
import type { NamespaceRouteItem, RouteItem, RuleItem, StaticRouteItem } from "./hostItems/routing";
import type { FileItem, KubeletItem, ServiceItem, SysctlItem, TakeOverItem } from "./hostItems/settings";

/** One piece of a host's desired network state. The bundle of a host is its items, rendered as text in a fixed order. */
export type HostItem =
  | RequireItem
  | KubeletItem
  | ProbeItem
  | SysctlItem
  | FileItem
  | LinkItem
  | ForeignLinkItem
  | CniNetworkItem
  | LinkPeerItem
  | PortItem
  | OvsBridgeItem
  | OvsPortItem
  | SoftwareChecksumsItem
  | NamespaceItem
  | NamespaceRouteItem
  | LinkMtuItem
  | TakeOverItem
  | LinkAddressItem
  | NeighbourItem
  | ForwardingEntryItem
  | RouteItem
  | StaticRouteItem
  | RuleItem
  | HostNameItem
  | ResolverItem
  | AcceptForwardedItem
  | ServiceItem
  | NftablesItem;
