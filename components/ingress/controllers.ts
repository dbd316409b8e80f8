import type { Part } from "../../core/part";
import type { Context } from "../../core/plan";
import type { Controller } from "./controller";
import { f5Nginx } from "./f5Nginx";
import { gce } from "./gce";
import { haproxy } from "./haproxy";
import { ingressNginx } from "./ingressNginx";
import { traefik } from "./traefik";

/** Every ingress controller that a stack may name. */
const controllers: Readonly<Record<Controller["name"], (context: Context, controller: Controller) => Part>> = {
  traefik,
  haproxy,
  "f5-nginx": f5Nginx,
  "ingress-nginx": ingressNginx,
  gce,
};

export const installController = (context: Context, controller: Controller): Part => controllers[controller.name](context, controller);
