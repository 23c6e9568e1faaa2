"""Making, changing and importing one's own drinks.

May import floors 1 to 6.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntryState, ConfigSubentryFlow, SubentryFlowResult
from homeassistant.const import CONF_ICON, CONF_NAME, UnitOfTime, UnitOfVolume
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.selector import (
    IconSelector,
    MediaSelector,
    MediaSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    Selector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import voluptuous as vol

from .coordinator import JuraConfigEntry, JuraCoordinator
from .drinks_file import import_drinks
from .machine.errors import InvalidRecipe, InvalidValue, NoSuchParameter
from .machine.model import Amount, Argument, Product, Unit
from .machine.recipe import default_recipe, in_words, offered_preselections, recipe_for, sent_arguments
from .my_drinks import LONGEST_NAME, MyDrink, drink_data, drink_named, my_drinks
from .wishes import is_name_of_product, offered_products, product_name, sentence

CONF_PRODUCT: Final = "product"
CONF_PRESELECTIONS: Final = "preselections"
CONF_PICTURE: Final = "picture"
CONF_DRINKS: Final = "drinks"

_UNITS: Final = {Unit.MILLILITRES: UnitOfVolume.MILLILITERS, Unit.SECONDS: UnitOfTime.SECONDS}
_IMAGES: Final = "image/*"
_NONE: Final = "–"


class DrinkFlow(ConfigSubentryFlow):
    """Makes a drink, changes one, or takes those of a file."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._name = ""
        self._product: Product | None = None

    @property
    def _entry(self) -> JuraConfigEntry:
        return cast(JuraConfigEntry, self._get_entry())

    @property
    def _coordinator(self) -> JuraCoordinator:
        return self._entry.runtime_data

    @property
    def _drink(self) -> MyDrink | None:
        """Return the drink that is being changed; None for a new one."""
        if self.source != SOURCE_RECONFIGURE:
            return None
        subentry_id = self._get_reconfigure_subentry().subentry_id
        return next(drink for drink in my_drinks(self._entry) if drink.subentry_id == subentry_id)

    def _obstacle(self) -> SubentryFlowResult | None:
        """Return the end of a flow for a machine that can't be asked what it makes."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="entry_not_loaded")
        return None

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask whether to make a drink or to import some."""
        if obstacle := self._obstacle():
            return obstacle
        return self.async_show_menu(step_id="user", menu_options=["drink", "paste"])

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Show the drink as it is."""
        return await self.async_step_drink()

    # --- one drink ---------------------------------------------------------------------------------------------------

    async def async_step_drink(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask what the drink is called, and which of the machine's drinks it is made from."""
        if obstacle := self._obstacle():
            return obstacle
        offered = {product.slug: product for product in offered_products(self._coordinator)}
        errors: dict[str, str] = {}
        if user_input is not None:
            self._name = " ".join(user_input[CONF_NAME].split())
            self._product = offered[user_input[CONF_PRODUCT]]
            if error := self._fault_of_name():
                errors[CONF_NAME] = error
            else:
                return await self.async_step_values()
        options = [
            SelectOptionDict(value=slug, label=product_name(self.hass, product)) for slug, product in offered.items()
        ]
        selector = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.DROPDOWN))
        schema = vol.Schema({vol.Required(CONF_NAME): TextSelector(), vol.Required(CONF_PRODUCT): selector})
        suggested = user_input or self._name_and_product(offered)
        return self.async_show_form(
            step_id="drink",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders={"most": str(LONGEST_NAME)},
        )

    def _name_and_product(self, offered: Mapping[str, Product]) -> dict[str, str]:
        """Return what is known before the first answer; a product that the machine no longer has is chosen anew."""
        if (drink := self._drink) is None:
            return {}
        return {CONF_NAME: drink.name} | ({CONF_PRODUCT: drink.product} if drink.product in offered else {})

    def _fault_of_name(self) -> str | None:
        """Return what is wrong with a name: nobody could tell two drinks of the same name apart, or a button without."""
        if not self._name:
            return "name_empty"
        if len(self._name) > LONGEST_NAME:
            return "name_too_long"
        if is_name_of_product(self.hass, self._coordinator, self._name):
            return "name_of_product"
        if (other := drink_named(self._entry, self._name)) and other != self._drink:
            return "name_taken"
        return None

    async def async_step_values(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask how the drink is made, and how its button looks."""
        if obstacle := self._obstacle():
            return obstacle
        assert self._product is not None
        errors: dict[str, str] = {}
        placeholders = {"product": product_name(self.hass, self._product), "allowed": _NONE}
        if user_input is not None:
            given = dict(user_input)
            icon, picture = given.pop(CONF_ICON, None), given.pop(CONF_PICTURE, {})
            preselections = given.pop(CONF_PRESELECTIONS, [])
            try:
                recipe = recipe_for(self._coordinator.definition, self._product, given, preselections)
            except InvalidValue as error:
                errors[str(error.parameter)] = "not_allowed"
                placeholders["allowed"] = error.allowed
            except NoSuchParameter as error:
                errors[error.parameter] = "not_with_these_extras"
            except InvalidRecipe:
                errors[CONF_PRESELECTIONS] = "not_together"
            else:
                if self._fault_of_name():
                    # Taken meanwhile.
                    return await self.async_step_drink({CONF_NAME: self._name, CONF_PRODUCT: self._product.slug})
                media = picture.get("media_content_id")
                return self._kept(drink_data(self._product.slug, in_words(recipe), preselections, icon, media))
        return self.async_show_form(
            step_id="values",
            data_schema=self.add_suggested_values_to_schema(self._schema(self._product), user_input or self._values()),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _schema(self, product: Product) -> vol.Schema:
        """Return a form for what a person can choose about a product on this machine."""
        fields: dict[vol.Marker, Selector[Any]] = {
            vol.Required(str(argument.parameter)): _selector(argument) for argument in sent_arguments(product)
        }
        offered = offered_preselections(self._coordinator.definition, product)
        if offered and self._coordinator.experimental:
            options = SelectSelectorConfig(options=list(offered), multiple=True, translation_key="preselection")
            fields[vol.Optional(CONF_PRESELECTIONS)] = SelectSelector(options)
        fields[vol.Optional(CONF_ICON)] = IconSelector()
        fields[vol.Optional(CONF_PICTURE)] = MediaSelector(MediaSelectorConfig(accept=[_IMAGES]))
        return vol.Schema(fields)

    def _values(self) -> dict[str, Any]:
        """Return what is suggested: the machine's usual values, or those of the drink as far as they suit the product."""
        assert self._product is not None
        usual: dict[str, Any] = dict(in_words(default_recipe(self._product)))
        if (drink := self._drink) is None:
            return usual
        appearance = {CONF_ICON: drink.icon, CONF_PICTURE: _media(drink.picture)}
        values: dict[str, Any] = {CONF_PRESELECTIONS: list(drink.preselections), **drink.values}
        for field, selector in self._schema(self._product).schema.items():
            try:
                usual[str(field)] = selector(values[str(field)])
            except KeyError, vol.Invalid:
                continue
        return usual | {field: value for field, value in appearance.items() if value}

    def _kept(self, data: Mapping[str, Any]) -> SubentryFlowResult:
        """Keep the drink."""
        if self.source == SOURCE_RECONFIGURE:
            # Not "update reload": it is reloaded when no drink is in the making. See `drink_changes`.
            return self.async_update_and_abort(
                self._entry, self._get_reconfigure_subentry(), title=self._name, data=data
            )
        return self.async_create_entry(title=self._name, data=data)

    # --- many drinks -------------------------------------------------------------------------------------------------

    async def async_step_paste(self, user_input: dict[str, Any] | None = None) -> SubentryFlowResult:
        """Ask for the text of an export, and tell what became of it."""
        if obstacle := self._obstacle():
            return obstacle
        errors: dict[str, str] = {}
        placeholders = {"reason": ""}
        if user_input is not None:
            try:
                told = import_drinks(self.hass, self._entry, user_input[CONF_DRINKS])
            except ServiceValidationError as error:
                errors[CONF_DRINKS] = "not_imported"
                placeholders["reason"] = sentence(self.hass, error).rstrip(".")
            else:
                return self.async_abort(
                    reason="imported",
                    description_placeholders={
                        "added": ", ".join(told["added"]) or _NONE,
                        "changed": ", ".join(told["changed"]) or _NONE,
                        "adjusted": _lines((row["name"], row["what"]) for row in told["adjusted"]),
                        "refused": _lines((row["name"], row["why"]) for row in told["refused"]),
                    },
                )
        schema = vol.Schema({vol.Required(CONF_DRINKS): TextSelector(TextSelectorConfig(multiline=True))})
        return self.async_show_form(
            step_id="paste",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
            description_placeholders=placeholders,
        )


def _selector(argument: Argument) -> Selector[Any]:
    """Return a field in which nothing can be entered that the machine doesn't have."""
    if isinstance(argument, Amount):
        number = NumberSelectorConfig(
            min=argument.minimum, max=argument.maximum, step=argument.step, mode=NumberSelectorMode.SLIDER
        )
        if unit := _UNITS.get(argument.unit):
            number["unit_of_measurement"] = unit
        return NumberSelector(number)
    return SelectSelector(
        SelectSelectorConfig(
            options=[option.slug for option in argument.options],
            translation_key=str(argument.parameter),
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


def _media(picture: str | None) -> dict[str, str] | None:
    """Return a picture as the field for it has it."""
    return {"media_content_id": picture, "media_content_type": _IMAGES} if picture else None


def _lines(rows: Iterable[tuple[str, str]]) -> str:
    """Return a list for people to read."""
    return "".join(f"\n- {name}: {text}" for name, text in rows) or _NONE
